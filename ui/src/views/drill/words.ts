/** The words of a drill: what a provider does, what is asked, and the clock that starts with the script. Pure. */
import type { Drill, DrillFault, DrillGoal, DrillGoalState, DrillPhase, DrillProvider, DrillVerdict, Timestamp } from '../../rpc/schema';
import type { Appearance } from '../../state/appearance';
import { plural } from '../../state/run-words';
import { formatDuration, toMillis } from '../../state/time-format';

const FAULTS = {
  overloaded: 'answers 529 to every call',
  rate_limited: 'answers 429 with Retry-After to every call',
  server_error: 'answers 500 to every call',
  hanging: 'takes calls and does not answer',
  slow_stream: 'answers too slowly',
  cut_stream: 'cuts every answer',
  malformed: 'answers broken JSON',
  unreachable: 'refuses connections',
} as const;

/** The same where there is room for a word only. */
export const FAULT_CODES: Record<DrillFault, string> = { overloaded: '529', rate_limited: '429', server_error: '500', hanging: 'no answer', slow_stream: 'slow', cut_stream: 'cut short', malformed: 'broken JSON', unreachable: 'refused' };

export const providerName = (provider: DrillProvider): string => ({ anthropic: 'anthropic', openai: 'openai' })[provider];
export const phaseWords = (phase: DrillPhase): string => (phase.fault === null ? 'is well again' : FAULTS[phase.fault]);
export const phaseAppearance = (phase: DrillPhase): Appearance => (phase.fault === null ? { tone: 'ok', word: 'Recovery' } : phase.fault === 'rate_limited' ? { tone: 'waiting', word: 'Fault' } : { tone: 'failed', word: 'Fault' });

/** The drill clock, e.g. `2:08`. */
export function drillClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
export const sinceStart = (drill: Drill, at: Timestamp): number => toMillis(at) - toMillis(drill.started_at);

const GOALS = {
  first_right_act: 'First right act, from the first symptom',
  left_alone: 'Nothing done that costs something',
  no_calls_into_outage: 'No call sent into the outage',
  work_runs_again: 'Work runs again, from the recovery',
} as const;
const STATES: Record<DrillGoalState, Appearance> = {
  to_do: { tone: 'none', word: 'To do' },
  running: { tone: 'running', word: 'Running' },
  met: { tone: 'ok', word: 'Met' },
  missed: { tone: 'failed', word: 'Missed' },
};
export const goalWords = (goal: DrillGoal): string => GOALS[goal.goal];
export const goalAppearance = (goal: DrillGoal): Appearance => STATES[goal.state];

/** An amount in the unit of the goal: a time, a number of calls or a number of acts. */
export function goalAmount(goal: DrillGoal, value: number | null): string {
  if (value === null) return '-';
  if (goal.goal === 'left_alone') return plural(value, 'act');
  return goal.goal === 'no_calls_into_outage' ? plural(value, 'call') : formatDuration(value);
}

/** Where limit, this time and last time are on one bar, in percent; `null` where they are not known. */
export function goalBar({ limit, yours, last }: DrillGoal): { limit: number; yours: number | null; last: number | null } {
  const most = Math.max(limit, yours ?? 0, last ?? 0) * 1.04;
  const of = (value: number) => (most === 0 ? 0 : (value / most) * 100);
  return { limit: of(limit), yours: yours === null ? null : of(yours), last: last === null ? null : of(last) };
}

export const verdictAppearance = (verdict: DrillVerdict): Appearance => ({ right: { tone: 'ok', word: 'Right' }, cost: { tone: 'failed', word: 'Cost' }, neutral: { tone: 'none', word: 'Neutral' } } as const)[verdict];

/** What was done, e.g. `Isolated ai:anthropic`. */
export function actWords(action: string, target: string): string {
  const words: Record<string, string> = { isolate_breaker: 'Isolated', reset_breaker: 'Reset', probe_breaker: 'Probed', release_breaker: 'Lifted the isolation of' };
  return `${words[action] ?? action} ${target}`;
}

/** Whether the providers saw exactly what the plane says that it sent. */
export const requestsAgree = ({ proof }: Drill): boolean => proof.requests.length === proof.attempts - proof.refused - proof.undelivered;

/** The sentence over the page. */
export function headline(drill: Drill): string {
  const met = drill.goals.filter((goal) => goal.state === 'met').length;
  if (drill.ended_at !== null) return `Drill ended: ${met} of ${plural(drill.goals.length, 'goal')} met`;
  if (drill.first_right_after_ms !== null) return `Drill runs: your first right act took ${formatDuration(drill.first_right_after_ms)}`;
  return drill.first_symptom_at === null ? 'Drill runs: nothing has failed yet' : 'Drill runs: something fails, and your clock runs';
}
