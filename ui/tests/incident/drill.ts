/** A drill of the incident's shape: one provider overloaded, one act right, one that came too early. */
import type { Drill, DrillScenario, DrillStatus } from '../../src/rpc/schema';

const scenario: DrillScenario = { id: 'overloaded', title: 'A provider is overloaded', story: 'Work runs steadily at two AI providers. Then one of them begins to turn calls away, and runs fail.', lasts_ms: 420_000 };

export const scenarios: DrillScenario[] = [scenario, { id: 'rate-limited', title: 'A provider asks for fewer calls', story: 'One of two AI providers says that it gets too many calls, and when to come back.', lasts_ms: 300_000 }];

/** While it goes, at 2:08 of its clock. */
export const playing: Drill = {
  id: 'drill_2', scenario, actor: 'Mira Halvorsen', connection: 'drill', started_at: '2026-08-22T03:12:14.000Z', ends_at: '2026-08-22T03:19:14.000Z', ended_at: null, ended_by: null,
  played: [{ after_ms: 20_000, provider: 'anthropic', fault: 'overloaded' }], hidden: 1,
  first_symptom_at: '2026-08-22T03:12:34.000Z', opened_at: '2026-08-22T03:12:45.000Z', opened_at_failure: 5, breakers: [], failures: ['2026-08-22T03:12:34.000Z'],
  runs: { total: 52, succeeded: 31, failed: 5, held: 9 },
  acts: [{ at: '2026-08-22T03:13:52.000Z', actor: 'Mira Halvorsen', action: 'isolate_breaker', target: 'ai:anthropic', reason: 'drill', verdict: 'right', because: 'It stops the calls to a provider that fails: work is held instead of failed.', calls: 0 }],
  first_right_after_ms: 78_000,
  goals: [
    { goal: 'first_right_act', limit: 180_000, yours: 78_000, last: 160_000, state: 'met' },
    { goal: 'no_calls_into_outage', limit: 0, yours: 0, last: 14, state: 'running' },
    { goal: 'work_runs_again', limit: 60_000, yours: null, last: 51_000, state: 'to_do' },
  ],
  proof: { addresses: ['127.0.0.1:4790', '127.0.0.1:4791'], requests: [{ at_ms: 100, provider: 'anthropic', fault: null }], attempts: 2, refused: 1, undelivered: 0, figures: 0, figures_equal: 0 },
};

/** The one before it, ended. */
export const ended: Drill = {
  ...playing, id: 'drill_1', started_at: '2026-08-21T10:00:00.000Z', ends_at: '2026-08-21T10:07:00.000Z', ended_at: '2026-08-21T10:07:00.000Z', ended_by: 'script',
  played: [...playing.played, { after_ms: 240_000, provider: 'anthropic', fault: null }], hidden: 0,
  first_symptom_at: '2026-08-21T10:00:20.000Z', opened_at: '2026-08-21T10:00:31.000Z',
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
