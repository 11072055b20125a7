/** The same teams on a plane of our own: permissions of single members, keys that belong to a team and end, and an audit. */
import type { ApiKey, AuditEntry, Billing, Capability, ConnectionView, TeamPeople, Told } from '../../src/rpc/schema';
import { connection } from './around';
import { at, NOW, seconds } from './clock';
import { people, storefront, told } from './teams';

export const OWN = 'harbor';
const yes = (action: Capability['action']): Capability => ({ action, availability: 'yes', reason: null });
const capabilities: Capability[] = (['create_run', 'events', 'teams', 'api_keys', 'audit', 'billing'] as const).map(yes);

/** A plane of our own that somebody else runs. */
export function own(of: Partial<ConnectionView> = {}, state: ConnectionView['status']['state'] = 'live'): ConnectionView {
  const one = connection(OWN, of, state, seconds(NOW, -1));
  return { ...one, status: { ...one.status, capabilities } };
}

export const toldOwn = <T>(value: T | null, of: Partial<Told<T>> = {}): Told<T> => told(value, { connection: OWN, connection_name: OWN, ...of });

/** Kenji was granted something and had something taken away. */
export const ownPeople: TeamPeople = { ...people, members: people.members.map((one) => (one.id === 'mb_kenji' ? { ...one, permissions: ['read', 'delete'] } : one)) };

export const ownKeys: ApiKey[] = [
  { id: 'key_ci', name: 'svc-ci', team: storefront.id, prefix: 'bwk_5f2c', permissions: ['read', 'write'], created_at: '2026-05-01T09:00:00.000Z', last_used_at: at('03:14:20'), expires_at: seconds(NOW, 58 * 86_400) },
  { id: 'key_export', name: 'export script', team: 'tm_growth', prefix: 'bwk_91ae', permissions: ['read'], created_at: '2025-12-11T09:00:00.000Z', last_used_at: null, expires_at: seconds(NOW, 5 * 86_400) },
  { id: 'key_watch', name: 'night watch', team: null, prefix: 'bwk_07d1', permissions: ['read'], created_at: '2026-02-02T09:00:00.000Z', last_used_at: at('02:00:00'), expires_at: null },
];

const count = (metric: string, used: number) => ({ metric, used, limit: { is: 'not_told' as const } });

/** What a plane with no key for Stripe tells of 30 days: it counts, and nothing can be subscribed to. */
export const ownBill: Billing = {
  plans: [],
  trouble: 'billing_not_configured',
  tier: null,
  subscription: null,
  usage: [count('runs', 412), count('input_tokens', 1_204_331), count('output_tokens', 88_120), count('cost_usd', 4.93), count('anthropic claude-sonnet-4-5: input_tokens', 1_204_331), count('anthropic claude-sonnet-4-5: output_tokens', 88_120), count('anthropic claude-sonnet-4-5: cost_usd', 4.93)],
  period_from: seconds(NOW, -30 * 86_400),
  period_to: NOW,
};

const done = { is: 'done' } as const;
const entry = (seq: number, clock: string, actor: string, act: string, target: string | null, of: Partial<AuditEntry> = {}): AuditEntry => ({ seq, at: at(clock), team: storefront.id, actor, principal: `person:${actor.split('@')[0]}`, act, target, outcome: done, reason: null, correlation_id: `req-${seq}`, times: 1, before: null, after: null, hash: `${seq}`.padStart(64, '0'), ...of });

/** Newest first, as it is told. */
export const audit: AuditEntry[] = [
  entry(1_284, '03:11:48.220', 'kenji@harbor.example', 'cancel_run', 'run_8c2b4266', { outcome: { is: 'refused', code: 'forbidden' }, times: 12 }),
  entry(1_283, '03:10:05.871', 'mira@harbor.example', 'member.role', 'mb_priya', { reason: 'night shift cover', before: { email: 'priya@harbor.example', role: 'viewer', permissions: null }, after: { role: 'member' } }),
  entry(1_282, '03:07:30.102', 'mira@harbor.example', 'step.retry', 'run_8c41d07e/codegen', { reason: 'provider said try later', before: { run: 'failed' }, after: { inputs_changed: false } }),
  entry(1_281, '02:55:40.013', 'dana@harbor.example', 'member.permissions', 'mb_kenji', { reason: 'cleans up after the load test', before: { email: 'kenji@harbor.example', role: 'member', permissions: null }, after: { role: 'member', permissions: ['read', 'delete'] } }),
  entry(1_280, '02:48:20.404', 'lena@harbor.example', 'member.invite', 'iv_noor', { reason: 'joins on Monday', after: { email: 'noor@harbor.example', role: 'member' } }),
  entry(1_279, '02:31:09.777', 'key:svc-ci', 'run.create', 'run_8c41d07e', { after: { goal: 'Ship lumen 4.2', template: null } }),
  entry(1_278, '01:52:17.330', 'dana@harbor.example', 'key.create', 'key_ci', { reason: 'the build server', after: { name: 'svc-ci', permissions: ['read', 'write'], expires_at: '2026-10-19T03:14:22.000Z' } }),
];
