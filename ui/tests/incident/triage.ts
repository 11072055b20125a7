/** The incident as triage tells it: one cause behind 37 of 39 failed runs, a stuck store, a silent plane, an approval, old evidence. */
import type { ActRecord, AffectedStep, BlastRadius, BreakerEffect, BreakerLane, Coverage, FailedRun, Problem, Triage } from '../../src/rpc/schema';
import { connections } from './around';
import { breaker } from './breakers';
import { at, NOW, seconds } from './clock';
import { runs } from './runs';

const live = { read_at: seconds(NOW, -1), state: 'live' as const };
export const ANTHROPIC = 'breaker:plane:flow-eu:ai:anthropic';

/** How many runs failed behind the breaker in each minute. */
const BEHIND: readonly [string, number][] = [['03:05', 3], ['03:06', 4], ['03:07', 8], ['03:08', 6], ['03:09', 3], ['03:10', 4], ['03:11', 4], ['03:12', 2], ['03:13', 2], ['03:14', 1]];
const alone: FailedRun[] = [{ at: at('02:49:12'), problem: null }, { at: at('02:58:31'), problem: null }];
const failures: FailedRun[] = [...alone, ...BEHIND.flatMap(([minute, count]) => Array.from({ length: count }, (_, n) => ({ at: at(`${minute}:${String(11 + (minute === '03:14' ? 7 : n * 6)).padStart(2, '0')}`), problem: ANTHROPIC })))];

const anthropic = { ...breaker({ protects: 'anthropic', state: 'open', cause: 'overloaded', consecutive_failures: 5, next_probe_at: at('03:18:27'), calls: 1_204, failures: 66, rejections: 28, times_opened: 1, last_call_at: at('03:12:27') }) };
const lane = (of: Partial<BreakerLane> & Pick<BreakerLane, 'breaker' | 'protects' | 'state' | 'spans'>): BreakerLane => ({ source: 'control_plane', connection: 'flow-eu', connection_name: 'flow-eu', marks: [], failures: [], next_probe_at: null, freshness: live, ...of });
const span = (from: string, to: string, state: BreakerLane['state'], cause: 'overloaded' | 'server_error' | null = null) => ({ from: from === NOW ? NOW : at(from), to: to === NOW ? NOW : at(to), state, cause });
const probe = (clock: string) => ({ at: at(clock), what: 'opened' as const, probe_failed: true });

const lanes: BreakerLane[] = [
  lane({
    breaker: 'ai:anthropic', protects: 'anthropic', state: 'open', next_probe_at: at('03:18:27'),
    spans: [span('02:44:22', '03:07:12', 'closed'), span('03:07:12', NOW, 'open', 'overloaded')],
    marks: [{ at: at('03:07:12'), what: 'opened', probe_failed: false }, probe('03:07:57'), probe('03:09:27'), probe('03:12:27')],
    failures: ['03:04:31', '03:05:04', '03:05:51', '03:06:10', '03:06:38', '03:07:04'].map(at),
  }),
  lane({ breaker: 'ai:gemini', protects: 'gemini', state: 'half_open', spans: [span('02:44:22', '03:11:31', 'closed'), span('03:11:31', '03:13:31', 'open', 'server_error'), span('03:13:31', NOW, 'half_open')], marks: [{ at: at('03:11:31'), what: 'opened', probe_failed: false }, { at: at('03:13:31'), what: 'half_opened', probe_failed: false }] }),
  lane({ breaker: 'http:npm-registry', protects: 'npm-registry', state: 'isolated', spans: [span('02:44:22', '02:48:20', 'closed'), span('02:48:20', NOW, 'isolated')], marks: [{ at: at('02:48:20'), what: 'isolated', probe_failed: false }] }),
  lane({ breaker: 'http:github', protects: 'github', state: 'unknown', connection: 'projects-eu', connection_name: 'projects-eu', spans: [span('02:44:22', '03:12:08', 'closed'), span('03:12:08', NOW, 'unknown')], freshness: { read_at: at('03:12:08'), state: 'offline' } }),
];

const counts = { runs: 57, failed: 37, failed_after_sending: 9, held: 14, next: 6, delayed: 0, attempts: 94, attempts_sent: 66, first_at: at('03:04:31'), newest_at: at('03:14:18') };
const problem = (of: Partial<Problem> & Pick<Problem, 'id' | 'cause' | 'since'>): Problem => ({ connection: 'flow-eu', connection_name: 'flow-eu', failed: 0, held: 0, acknowledged: null, ...of });

export const problems: Problem[] = [
  problem({ id: ANTHROPIC, since: at('03:07:12'), failed: 37, held: 14, acknowledged: { actor: 'Mira Halvorsen', at: at('03:10:05') }, cause: { kind: 'breaker', breaker: anthropic, failed_probes: 3, counts } }),
  problem({ id: 'store:stores-eu:st_nordlys', since: at('02:51:09'), connection: 'stores-eu', connection_name: 'stores-eu', cause: { kind: 'store', run: 'st_nordlys', name: 'nordlys-outdoor', failed: false, message: 'Volume claim pending: storage class fast-ssd has no capacity.' } }),
  problem({ id: 'connection:projects-eu', since: at('03:12:08'), connection: 'projects-eu', connection_name: 'projects-eu', cause: { kind: 'connection', state: 'late', last_seen_at: at('03:12:08'), error: null, open_runs: 4 } }),
  problem({ id: 'approval:flow-eu:run_8cbeef01:stp_publish', since: at('03:02:10'), held: 1, cause: { kind: 'approval', run: 'run_8cbeef01', goal: 'brand-assets for harrow-tools', step: 'publish', question: 'Publish 14 images to lumen-home?', expires_at: at('03:47:10') } }),
  problem({ id: 'checks:', since: at('01:14:00'), connection: null, connection_name: null, cause: { kind: 'checks', failing: 0, unknown: 1, worst: { id: 'backup.restore_drill', title: 'A backup was restored lately', status: 'unknown', finding: 'It last ran 26h ago, limit 24h.' } } }),
];

export const triage: Triage = {
  from: at('02:44:22'), at: NOW, breakers: lanes, quiet_breakers: 5, failures, problems,
  held_since: ['03:07:40', '03:07:40', '03:08:10', '03:08:10', '03:08:50', '03:08:50', '03:09:40', '03:09:40', '03:09:40', '03:10:40', '03:10:40', '03:11:50', '03:11:50', '03:13:10'].map(at),
  alone: [
    { connection: 'flow-eu', run: 'run_8b9d03ce', goal: 'checkout-refactor for kestrel-coffee', step: 'git_pr', code: 'http_status', at: at('02:58:31') },
    { connection: 'flow-eu', run: 'run_8b9611fa', goal: 'catalog-sync for tidal-surf', step: 'gate:lint', code: 'exit_code', at: at('02:49:12') },
  ],
  alone_in_all: 2, failed_runs: 39, unread_runs: 0,
};

/** Everything is well and watched. */
export const calm: Triage = { ...triage, breakers: [], quiet_breakers: 10, failures: [], held_since: [], problems: [], alone: [], alone_in_all: 0, failed_runs: 0 };

/** The console slept from 02:52:10 to 02:54:40; projects-eu is silent since 03:12:08. */
export const coverage: Coverage[] = connections.map(({ id }) => ({ connection: id, spans: [{ from: at('02:00:00'), to: at('02:52:10') }, { from: at('02:54:40'), to: id === 'projects-eu' ? at('03:12:08') : seconds(NOW, -2) }] }));

const act = (clock: string, actor: string, action: string, target: string): ActRecord => ({ at: at(clock), actor, action, connection: 'flow-eu', target, reason: null, outcome: 'done', correlation_id: `req-${clock}` });
export const nightActs: ActRecord[] = [
  act('03:11:48', 'Kenji Watanabe', 'retry_step', 'run_8c41d07e/codegen'),
  act('03:10:05', 'Mira Halvorsen', 'acknowledge_problem', ANTHROPIC),
  act('03:02:10', 'Tomás Rivas', 'approve_gate', 'run_8cbeef01/publish'),
  act('02:55:40', 'svc-ci', 'create_run', 'run_8cbeef01'),
  act('02:48:20', 'Lena Fischer', 'isolate_breaker', 'http:npm-registry'),
];

const failed = runs.filter((run) => run.status === 'failed' && run.current_step === 'codegen');
const goesOn = runs.filter((run) => run.status === 'running');
const affected = (effect: BreakerEffect, n: number, run: string, goal: string): AffectedStep => {
  const sent = effect === 'failed' && n < 9;
  const hit = effect !== 'next';
  return {
    effect, run, goal, template: goal.split(' ')[0] ?? null, run_status: effect === 'failed' ? 'failed' : effect === 'held' ? 'waiting' : 'running', step: 'stp_codegen', name: 'codegen', tool: 'ai',
    status: effect === 'failed' ? 'failed' : effect === 'held' ? 'waiting' : 'queued', waiting_for: effect === 'held' ? 'breaker' : null, waiting_until: effect === 'held' ? at('03:18:27') : null,
    failures: sent ? 2 : 0, refusals: hit ? 1 : 0, first_at: hit ? at('03:05:11') : null, newest_at: hit ? seconds(at('03:14:18'), -n * 14) : null,
  };
};

export const blast: BlastRadius = {
  connection: 'flow-eu', connection_name: 'flow-eu', breaker: 'ai:anthropic', since: at('03:04:31'), opened_at: at('03:07:12'), counts,
  workflows: [{ workflow: 'storefront-build', runs: 21 }, { workflow: 'theme-migrate', runs: 9 }, { workflow: 'seo-rewrite', runs: 5 }, { workflow: 'pricing-agent', runs: 2 }],
  steps: [
    ...failed.map((run, n) => affected('failed', n, run.id, run.goal)),
    ...goesOn.slice(0, 14).map((run, n) => affected('held', n, run.id, run.goal)),
    ...goesOn.slice(14, 20).map((run, n) => affected('next', n, run.id, run.goal)),
  ],
  more: false, unread_runs: 0, freshness: live,
};
