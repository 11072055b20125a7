/** The stores of that night: one is stuck, two wait behind it, one failed, one goes, the rest is ready. */
import type { Event, Step, StoreView } from '../../src/rpc/schema';
import { at, DAY, NOW, seconds } from './clock';

type StepStatus = Step['status'];
const step = (name: string, status: StepStatus, started: string | null, ended: string | null): Step => ({
  id: name, name, tool: name === 'helm install' ? 'helm' : 'kubernetes', status, severity: 'critical', depends_on: [], on_restart: 'fail', retry: { max_attempts: 1, delay_ms: 0, max_delay_ms: 0 }, timeout_ms: null,
  inputs: {}, output: null, breaker: null, queued_at: null, started_at: started, ended_at: ended, waiting_for: null, waiting_until: null, failure: null, gate: null, attempts: [],
});

export function store(name: string, of: Partial<StoreView['store']> = {}, rest: Partial<StoreView> = {}): StoreView {
  const id = `${name}-0000-4000-8000-000000000000`;
  const created = of.created_at ?? '2026-06-02T08:00:00.000Z';
  const ready = of.since ?? seconds(created, 158);
  return {
    connection: 'stores-eu', connection_name: 'stores-eu', run: id, status: 'succeeded', failure: null, freshness: { read_at: seconds(NOW, -7), state: 'live' },
    store: { name, engine: 'woocommerce', status: 'ready', namespace: `store-${name}-7f3e11c2`, urls: [`http://${name}.eu.harbor.example`], owner: 'Tomás Rivas', created_at: created, since: ready, deletion_lost_at: null, ...of },
    steps: [step('namespace', 'succeeded', created, seconds(created, 1)), step('helm install', 'succeeded', seconds(created, 1), seconds(created, 40)), step('ready check', 'succeeded', seconds(created, 40), ready)],
    ...rest,
  };
}

const queued = [step('namespace', 'queued', null, null), step('helm install', 'queued', null, null), step('ready check', 'queued', null, null)];

export const stuck = store('nordlys-outdoor', { status: 'provisioning', urls: [], created_at: at('02:51:09'), since: at('02:51:09') }, {
  status: 'running',
  steps: [step('namespace', 'succeeded', at('02:51:11'), at('02:51:12')), step('helm install', 'succeeded', at('02:51:14'), at('02:51:52')), step('ready check', 'running', at('02:51:52'), null)],
});

export const stores: StoreView[] = [
  stuck,
  store('fjord-cycles-b2b', { status: 'provisioning', urls: [], created_at: at('03:08:40'), since: at('03:08:40') }, { status: 'queued', steps: queued }),
  store('sable-rugs-de', { status: 'provisioning', engine: 'medusa', urls: [], owner: 'svc-ci', created_at: at('03:12:55'), since: at('03:12:55') }, { status: 'queued', steps: queued }),
  store('tidal-surf-2025', { status: 'deleting', engine: 'medusa', urls: [], owner: 'Mira Halvorsen', since: at('03:13:20') }),
  store('harrow-tools-test', { status: 'failed', engine: 'medusa', urls: [], owner: 'Kenji Watanabe', created_at: at('01:47:00'), since: at('01:48:20') }, {
    status: 'failed', failure: { code: 'helm_failed', message: 'Helm installation failed', remedy: 'Read what Helm and the pods of the namespace say.', retryable: false },
    steps: [step('namespace', 'succeeded', at('01:47:02'), at('01:47:03')), step('helm install', 'failed', at('01:47:03'), at('01:48:20')), step('ready check', 'skipped', null, null)],
  }),
  ...['lumen-home', 'fjord-cycles', 'atelier-noor', 'kestrel-coffee', 'maison-verre', 'papershop'].map((name, index) => store(name, { engine: index % 3 === 2 ? 'medusa' : 'woocommerce', created_at: `2026-0${(index % 6) + 1}-02T08:00:00.000Z` })),
  store('papershop-old', { status: 'gone', since: `${DAY}T03:14:05.000Z` }),
];

const told = (seq: number, clock: string, kind: Event['kind'], type: string, message: string): Event => ({
  run_id: stuck.run, seq, at: at(clock), kind, step_id: null, step: null, attempt: null, actor: null, correlation_id: 'c41e-19', data: { type, message }, source: { type: 'named', name: String(seq) },
});
export const storeEvents: Event[] = [
  told(1, '02:51:09', 'run.created', 'created', 'Store creation initiated'),
  told(2, '02:51:12', 'step.succeeded', 'namespace_created', 'Namespace store-nordlys-outdoor-7f3e11c2 created'),
  told(3, '02:51:52', 'step.succeeded', 'helm_installed', 'Helm chart installed for woocommerce'),
];
