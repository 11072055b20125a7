/** A drill of the incident's shape: one provider overloaded, one act right, one that came too early. */
import type { BreakerEvent, Drill, DrillRequest, DrillScenario, DrillStatus, Timestamp } from '../../src/rpc/schema';

const scenario: DrillScenario = { id: 'overloaded', title: 'A provider is overloaded', story: 'Work runs steadily at two AI providers. Then one of them begins to turn calls away, and runs fail.', lasts_ms: 420_000 };

export const scenarios: DrillScenario[] = [scenario, { id: 'rate-limited', title: 'A provider asks for fewer calls', story: 'One of two AI providers says that it gets too many calls, and when to come back.', lasts_ms: 300_000 }];

const changed = (seq: number, at: Timestamp, of: Pick<BreakerEvent, 'what' | 'from' | 'to'> & Partial<BreakerEvent>): BreakerEvent => ({ seq, breaker: 'ai:anthropic', at, cause: null, until: null, actor: null, reason: null, correlation_id: null, ...of });
const request = (at_ms: number, provider: DrillRequest['provider'], fault: DrillRequest['fault'] = null): DrillRequest => ({ at_ms, provider, fault });

/** While it goes, at 2:08 of its clock. */
export const playing: Drill = {
  id: 'drill_2', scenario, actor: 'Mira Halvorsen', connection: 'drill', started_at: '2026-08-22T03:12:14.000Z', ends_at: '2026-08-22T03:19:14.000Z', ended_at: null, ended_by: null,
  played: [{ after_ms: 20_000, provider: 'anthropic', fault: 'overloaded' }], hidden: 1,
  first_symptom_at: '2026-08-22T03:12:34.000Z', opened_at: '2026-08-22T03:12:45.000Z', opened_at_failure: 5, 
  breakers: [
    changed(1, '2026-08-22T03:12:45.000Z', { what: 'opened', from: 'closed', to: 'open', cause: 'overloaded', until: '2026-08-22T03:13:15.000Z' }),
    changed(2, '2026-08-22T03:13:15.000Z', { what: 'half_opened', from: 'open', to: 'half_open' }),
    changed(3, '2026-08-22T03:13:16.000Z', { what: 'opened', from: 'half_open', to: 'open', cause: 'overloaded', until: '2026-08-22T03:14:16.000Z' }),
    changed(4, '2026-08-22T03:13:52.000Z', { what: 'isolated', from: 'open', to: 'isolated', cause: 'operator', actor: 'Mira Halvorsen', reason: 'drill' }),
  ],
  failures: ['34', '37', '40', '42', '45'].map((second) => `2026-08-22T03:12:${second}.000Z`),
  runs: { total: 52, succeeded: 31, failed: 5, held: 9 },
  acts: [{ at: '2026-08-22T03:13:52.000Z', actor: 'Mira Halvorsen', action: 'isolate_breaker', target: 'ai:anthropic', reason: 'drill', verdict: 'right', because: 'It stops the calls to a provider that fails: work is held instead of failed.', calls: 0 }],
  first_right_after_ms: 78_000,
  goals: [
    { goal: 'first_right_act', limit: 180_000, yours: 78_000, last: 160_000, state: 'met' },
    { goal: 'no_calls_into_outage', limit: 0, yours: 0, last: 14, state: 'running' },
    { goal: 'work_runs_again', limit: 60_000, yours: null, last: 51_000, state: 'to_do' },
  ],
  proof: { addresses: ['127.0.0.1:4790', '127.0.0.1:4791'], requests: [request(100, 'anthropic'), request(9_000, 'openai'), ...[20_400, 23_200, 26_100, 28_300, 31_000, 61_200].map((at) => request(at, 'anthropic', 'overloaded')), request(64_000, 'openai')], attempts: 10, refused: 1, undelivered: 0, figures: 0, figures_equal: 0 },
};

/** The one before it, ended. */
export const ended: Drill = {
  ...playing, id: 'drill_1', started_at: '2026-08-21T10:00:00.000Z', ends_at: '2026-08-21T10:07:00.000Z', ended_at: '2026-08-21T10:07:00.000Z', ended_by: 'script',
  played: [...playing.played, { after_ms: 240_000, provider: 'anthropic', fault: null }], hidden: 0,
  first_symptom_at: '2026-08-21T10:00:20.000Z', opened_at: '2026-08-21T10:00:31.000Z',
  breakers: [
    changed(1, '2026-08-21T10:00:31.000Z', { what: 'opened', from: 'closed', to: 'open', cause: 'overloaded', until: '2026-08-21T10:05:31.000Z' }),
    changed(2, '2026-08-21T10:02:21.000Z', { what: 'reset', from: 'open', to: 'closed', actor: 'Mira Halvorsen', reason: 'drill' }),
    changed(3, '2026-08-21T10:02:25.000Z', { what: 'opened', from: 'closed', to: 'open', cause: 'overloaded', until: '2026-08-21T10:04:25.000Z' }),
    changed(4, '2026-08-21T10:04:25.000Z', { what: 'half_opened', from: 'open', to: 'half_open' }),
    changed(5, '2026-08-21T10:04:30.000Z', { what: 'closed', from: 'half_open', to: 'closed' }),
  ],
  failures: ['00:20', '00:23', '00:26', '00:28', '00:31', '02:22', '02:23'].map((clock) => `2026-08-21T10:${clock}.000Z`),
  acts: [{ at: '2026-08-21T10:02:21.000Z', actor: 'Mira Halvorsen', action: 'reset_breaker', target: 'ai:anthropic', reason: 'drill', verdict: 'cost', because: 'It came while the provider still failed: 9 calls went into the outage.', calls: 9 }],
  first_right_after_ms: null,
  goals: [
    { goal: 'first_right_act', limit: 180_000, yours: null, last: null, state: 'missed' },
    { goal: 'no_calls_into_outage', limit: 0, yours: 9, last: null, state: 'missed' },
    { goal: 'work_runs_again', limit: 60_000, yours: 51_000, last: null, state: 'met' },
  ],
  proof: { ...playing.proof, figures: 312, figures_equal: 312 },
};

export const idle: DrillStatus = { playing: null, elsewhere: false, refused: null };
