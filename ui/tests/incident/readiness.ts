/** What the checks found at the incident, plane by plane: on the first one fails, one warns and two are unknown; and how that came about. */
import type { Check, CheckChange, CheckStatus, Readiness, ReadinessHistory } from '../../src/rpc/schema';
import { at, NOW, seconds } from './clock';

/** A check that passes, but for what is said otherwise. */
export const checkOf = (over: Partial<Check>): Check => ({
  id: 'x', title: 'x', proves: '', group: 'Plane', connection: null, status: 'pass', evidence: null, remedy: '', owner: '', weight: 4, points: { possible: 0, earned: 0 }, checked_at: null,
  expires_at: null, since: null, last_pass: null, regressed: false, writes: null, ...over,
});

/** What the console makes of such checks: points shared out by weight, and the score. */
export function readinessOf(of: readonly Check[], checkedAt: string | null = null): Readiness {
  const whole = of.reduce((sum, one) => sum + one.weight, 0);
  const parts = of.map((one) => (one.weight * 1000) / whole);
  const left = 1000 - parts.reduce((sum, part) => sum + Math.floor(part), 0);
  const lucky = [...parts.keys()].sort((a, b) => (parts[b] ?? 0) % 1 - ((parts[a] ?? 0) % 1)).slice(0, left);
  const checks = of.map((one, index): Check => {
    const possible = Math.floor(parts[index] ?? 0) + (lucky.includes(index) ? 1 : 0);
    return { ...one, points: { possible, earned: { pass: possible, warn: Math.floor(possible / 2), fail: 0, unknown: 0 }[one.status] } };
  });
  return { score: Math.floor(checks.reduce((sum, one) => sum + one.points.earned, 0) / 10), checks, checked_at: checkedAt };
}

/** Seen `age` seconds before the end, by a check that is run every five minutes or `once` a day. */
const seen = (age: number, once = false): Pick<Check, 'checked_at' | 'expires_at'> => {
  const checked = seconds(NOW, -age);
  return { checked_at: checked, expires_at: seconds(checked, once ? 86_400 : 900) };
};
const of = (group: string, connection: string | null) => (id: string, title: string, status: CheckStatus, weight: number, finding: string, answer: string, over: Partial<Check> = {}): Check => checkOf({
  id, title, group, connection, status, weight, proves: `${title}, as it was seen.`, owner: connection === null ? 'operator' : 'plane operator',
  remedy: 'Wait for the next probe, or reset the breaker if the provider says that it is well again.',
  ...seen(22), since: at('00:02:00'), evidence: { request: `GET https://flow-eu.harbor.example/${id}`, answer, finding, duration_ms: 11 }, ...over,
});
const plane = of('Control plane', 'flow-eu');
const work = of('Queue and workers', 'flow-eu');
const access = of('Access', 'flow-eu');
const own = of('Console', null);
const passed = (when: string, finding: string): Check['last_pass'] => ({ at: at(when), evidence: { request: 'GET /health/ready', answer: '200', finding, duration_ms: 9 } });

const owns: readonly Check[] = [
  own('console.breakers', 'The breakers of this console are closed', 'pass', 2, 'All 3 are closed.', '3 breakers, 0 not closed'),
  own('console.cache', 'The cache works', 'pass', 2, 'It was written and read back.', '47 runs'),
  own('console.disk', 'There is disk space', 'pass', 2, 'There is room for months.', '67418 MiB free'),
];

export const incidentReadiness: Readiness = readinessOf(
  [
    plane('plane.live', 'The control plane is alive', 'pass', 3, 'It answers.', '200 /health/live'),
    plane('plane.ready', 'The control plane can work', 'fail', 3, 'It says that it cannot work: memory.', '503 memory', { since: at('03:07:12'), regressed: true, last_pass: passed('03:06:58', 'It can work.') }),
    plane('plane.latency', 'Answers are quick', 'pass', 1, 'Half of them took less than 4 ms.', 'median 4 ms, slowest 38 ms'),
    plane('plane.clock', 'Clocks agree', 'pass', 1, 'They differ by 0.2s.', '2026-08-22T03:14:00.200Z', seen(700)),
    access('access.no_credential', 'Nobody is let in without a credential', 'pass', 3, '42 of 42 routes refuse.', '401 on 42 routes', seen(9 * 3_600, true)),
    access('access.forged_headers', 'No header lets a stranger in', 'pass', 3, '6 headers were tried, none helps.', '401 on 6 requests', seen(9 * 3_600, true)),
    access('access.idempotency', 'A key repeats and never doubles', 'unknown', 2, `The evidence expired at ${at('01:14:00')}. Before that: One run for two requests.`, '201, then 200', { ...seen(26 * 3_600, true), since: at('01:14:00'), regressed: true, last_pass: passed('01:14:00', 'One run for two requests.'), writes: 'One run named breakwater-probe, cancelled and removed afterwards.' }),
    work('plane.queue_age', 'No run waits long', 'warn', 2, 'The oldest has waited for 41s.', '41s', { since: at('03:09:40') }),
    work('plane.dead_letters', 'No dead letters', 'pass', 2, 'There is none.', '0'),
    work('plane.event_gaps', 'Timelines have no gaps', 'unknown', 2, '', '', { checked_at: null, expires_at: null, since: null, evidence: null }),
    ...owns,
  ],
  at('03:14:00'),
);

const shop = of('Control plane', 'stores-eu');
const gated = of('Control plane', 'projects-eu');
const agents = of('Control plane', 'nofx-eu');
/** Beside the first plane: one that is well, one that is silent, and one that offers no readiness. */
const others: Record<string, readonly Check[]> = {
  'stores-eu': [shop('plane.live', 'The control plane is alive', 'pass', 3, 'It answers.', '200 /health/live'), shop('plane.ready', 'The control plane can work', 'pass', 3, 'It can work.', '200 /health/ready')],
  'projects-eu': [gated('plane.live', 'The control plane is alive', 'unknown', 3, 'It did not answer within 5s.', 'no answer', seen(134)), gated('plane.ready', 'The control plane can work', 'unknown', 3, 'It did not answer within 5s.', 'no answer', seen(134))],
  'nofx-eu': [agents('plane.live', 'The control plane is alive', 'pass', 3, 'It answers.', '200 /health'), agents('plane.ready', 'The control plane can work', 'unknown', 3, 'It offers no readiness.', 'none offered')],
};

/** What the console answers for a connection: its checks and those of the console; the first plane when none is named. */
export const readinessOn = (connection?: string): Readiness => {
  const found = connection === undefined ? undefined : others[connection];
  return found === undefined ? incidentReadiness : readinessOf([...found, ...owns], at('03:14:00'));
};

const change = (when: string, check: string, from: CheckStatus, to: CheckStatus): CheckChange => ({ at: at(when), check, connection: 'flow-eu', from, to, finding: null });
const changes = [change('03:09:40', 'plane.queue_age', 'pass', 'warn'), change('03:07:12', 'plane.ready', 'pass', 'fail'), change('01:14:00', 'access.idempotency', 'pass', 'unknown')];
const scores = [incidentReadiness.score, 74, 85];

/** How it came to that. */
export const incidentHistory: ReadinessHistory = {
  connection: 'flow-eu',
  scores: [...changes.map((one, index) => ({ at: one.at, score: scores[index] ?? 0, because: [one] })), { at: at('00:02:00'), score: 92, because: [] }],
  changes,
  is_cut: false,
};
