/** The teams of that night on a NOFX plane: who may do what, who is invited, keys, plan, queue, and what was done from here. */
import type { ActRecord, ApiKey, Billing, Capability, ConnectionView, Member, Queue, Team, TeamPeople, Told } from '../../src/rpc/schema';
import { connection } from './around';
import { at, NOW, seconds } from './clock';

const NOFX = 'nofx-eu';
const live = { read_at: seconds(NOW, -6), state: 'live' as const };

export const teamCapabilities: Capability[] = [
  ...(['create_run', 'events', 'teams', 'billing', 'queue', 'requeue_dead_letters'] as const).map((action): Capability => ({ action, availability: 'yes', reason: null })),
  { action: 'api_keys', availability: 'yes', reason: 'NOFX keeps what a key was made for and does not check it: every key may do everything.' },
];

/** A plane that has teams, keys, bills and a queue. */
export function nofx(of: Partial<ConnectionView> = {}, state: ConnectionView['status']['state'] = 'polled', capabilities = teamCapabilities): ConnectionView {
  const one = connection(NOFX, { kind: 'nofx', ...of }, state, state === 'offline' ? at('03:02:10') : seconds(NOW, -6));
  return { ...one, status: { ...one.status, capabilities } };
}

export const told = <T>(value: T | null, of: Partial<Told<T>> = {}): Told<T> => ({ connection: NOFX, connection_name: NOFX, value, refusal: null, error: null, freshness: live, ...of });
const without = <T>(id: string, refusal: string): Told<T> => told<T>(null, { connection: id, connection_name: id, refusal, freshness: { read_at: null, state: 'live' } });

export const storefront: Team = { id: 'tm_storefront', name: 'storefront', slug: 'storefront', role: 'admin', joined_at: '2025-11-03T09:00:00.000Z', subscription: 'active', may: null };
export const teams: Team[] = [storefront, { ...storefront, id: 'tm_growth', name: 'growth', slug: 'growth', role: 'member', subscription: 'trialing' }, { ...storefront, id: 'tm_platform', name: 'platform', slug: 'platform', role: 'owner', subscription: null }];

/** Every plane of the night; those without teams say why. */
export const toldTeams: Told<Team[]>[] = [
  without('flow-eu', 'this plane has no teams'),
  without('stores-eu', 'a store platform knows no users'),
  without('projects-eu', 'FuzzyLlama offers no way to ask for organisations or their members'),
  told(teams),
];

const member = (id: string, name: string | null, role: Member['role'], joined: string, of: Partial<Member> = {}): Member => ({ id: `mb_${id}`, name, email: `${id}@harbor.example`, role, permissions: null, joined_at: `${joined}T09:00:00.000Z`, is_us: false, ...of });
export const people: TeamPeople = {
  team: storefront.id,
  billing_email: 'bills@harbor.example',
  members: [
    member('dana', 'Dana Okafor', 'owner', '2024-02-12'),
    member('mira', 'Mira Halvorsen', 'admin', '2025-11-03', { is_us: true }),
    member('lena', 'Lena Fischer', 'admin', '2025-01-20'),
    member('kenji', 'Kenji Watanabe', 'member', '2026-03-02'),
    member('tomas', 'Tomás Rivas', 'member', '2026-04-14'),
    member('svc-ci', 'svc-ci', 'member', '2026-05-01', { email: null }),
    member('priya', null, 'viewer', '2026-08-01'),
  ],
  invitations: [
    { id: 'iv_noor', email: 'noor@harbor.example', role: 'member', created_at: seconds(NOW, -79_000), expires_at: seconds(NOW, 525_600) },
    { id: 'iv_sam', email: 'sam.ito@harbor.example', role: 'viewer', created_at: seconds(NOW, -586_000), expires_at: seconds(NOW, 18_200) },
  ],
};

export const keys: ApiKey[] = [
  { id: 'ky_ci', name: 'svc-ci', team: null, prefix: null, expires_at: null, permissions: ['read', 'write'], created_at: '2026-05-01T09:00:00.000Z', last_used_at: at('03:14:20') },
  { id: 'ky_console', name: 'breakwater on mira-laptop', team: null, prefix: null, expires_at: null, permissions: ['read', 'write', 'admin'], created_at: '2026-08-03T07:10:00.000Z', last_used_at: seconds(NOW, -6) },
  { id: 'ky_old', name: 'export script', team: null, prefix: null, expires_at: null, permissions: ['read'], created_at: '2025-12-11T09:00:00.000Z', last_used_at: null },
];

export const billing: Billing = {
  trouble: null,
  plans: [
    { price: 'price_pro', name: 'Professional', amount: 4_900, currency: 'eur', interval: 'month' },
    { price: 'price_team', name: 'Team', amount: 19_950, currency: 'eur', interval: 'month' },
    { price: 'price_custom', name: 'Enterprise', amount: null, currency: null, interval: null },
  ],
  tier: 'professional',
  subscription: { status: 'active', ends_at: '2026-09-01T00:00:00.000Z', is_cancelled: false },
  usage: [
    { metric: 'runs', used: 1_012, limit: { is: 'at_most', amount: 1_000 } },
    { metric: 'api_calls', used: 9_310, limit: { is: 'at_most', amount: 10_000 } },
    { metric: 'compute_minutes', used: 214.5, limit: { is: 'at_most', amount: 600 } },
    { metric: 'members', used: 7, limit: { is: 'unlimited' } },
    { metric: 'storage_gb', used: 12.25, limit: { is: 'not_told' } },
  ],
  period_from: '2026-08-01T00:00:00.000Z',
  period_to: '2026-09-01T00:00:00.000Z',
};

const failure = (message: string) => ({ code: 'step_failed', message, remedy: null, retryable: false });
export const queue: Queue = {
  name: 'step.ready', waiting: 1_204, active: 6, delayed: 14, completed: 88_120, failed: 39, oldest_ms: 41_000, dead_letters: 3,
  newest_dead: [
    { run_id: 'run_8c2b4266', step_id: 'stp_1', step: 'codegen', failure: failure('The provider answered 529 (overloaded).'), at: at('03:10:44') },
    { run_id: 'run_8c2b41aa', step_id: 'stp_2', step: 'publish', failure: failure('The command ended with exit code 1.'), at: at('02:58:31') },
  ],
};

export const toldQueues: Told<Queue>[] = [without('stores-eu', 'a store platform shows no queue'), without('projects-eu', 'FuzzyLlama shows no queue'), told(queue), told({ ...queue, name: null, delayed: null, completed: null, failed: null, waiting: 14, active: 8 }, { connection: 'flow-eu', connection_name: 'flow-eu' })];

const act = (clock: string, actor: string, action: string, target: string, reason: string | null, outcome = 'done'): ActRecord => ({ at: at(clock), actor, action, connection: NOFX, target, reason, outcome, correlation_id: `req-${clock.replaceAll(':', '')}` });
export const acts: ActRecord[] = [
  act('03:11:48.220', 'Kenji Watanabe', 'remove_member', 'tm_storefront/mb_tomas', 'moved to growth', 'forbidden'),
  act('03:10:05.871', 'Mira Halvorsen', 'change_role', 'tm_storefront/mb_kenji', 'night shift cover'),
  act('02:55:40.013', 'Mira Halvorsen', 'create_api_key', 'ky_console', 'the old token ends tomorrow'),
  act('02:48:20.404', 'Lena Fischer', 'invite_member', 'tm_storefront/noor@harbor.example', 'joins on Monday'),
  act('01:52:17.330', 'Dana Okafor', 'open_checkout', 'price_team', 'runs are over the limit'),
  { ...act('01:20:00.001', 'Mira Halvorsen', 'retry_step', 'run_8c41d07e/codegen', 'provider said try later'), connection: 'flow-eu' },
];
