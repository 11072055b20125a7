/** The status grammar: for every state of every noun, one shape with its tone and one word. Shape first, then word, then colour. */
import type {
  BreakerState,
  CheckStatus,
  ConnectionState,
  Freshness,
  GateState,
  RunStatus,
  StepStatus,
  WaitingFor,
} from '../rpc/schema';

export type Tone = 'ok' | 'running' | 'waiting' | 'failed' | 'blocked' | 'cancelled' | 'unknown' | 'warn' | 'none';

export interface Appearance {
  tone: Tone;
  word: string;
}

/** Not observed is not fine. */
export const UNSEEN: Appearance = { tone: 'unknown', word: 'Unknown' };

const RUN: Record<RunStatus, Appearance> = {
  queued: { tone: 'waiting', word: 'Queued' },
  running: { tone: 'running', word: 'Running' },
  waiting: { tone: 'waiting', word: 'Waiting' },
  succeeded: { tone: 'ok', word: 'Succeeded' },
  failed: { tone: 'failed', word: 'Failed' },
  cancelled: { tone: 'cancelled', word: 'Cancelled' },
};

const OVER: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled'];

/** A run; one that waits for a person is Blocked. One that was under way when its plane fell silent is Unknown, never its last colour. */
export function runAppearance(run: { status: RunStatus; open_gates: number; freshness: Freshness }): Appearance {
  if (run.freshness.state === 'offline' && !OVER.includes(run.status)) return UNSEEN;
  if (run.status === 'waiting' && run.open_gates > 0) return { tone: 'blocked', word: 'Blocked' };
  return RUN[run.status];
}

export const runStatusAppearance = (status: RunStatus): Appearance => RUN[status];

const STEP: Record<StepStatus, Appearance> = {
  queued: { tone: 'waiting', word: 'Queued' },
  running: { tone: 'running', word: 'Running' },
  waiting: { tone: 'waiting', word: 'Waiting' },
  succeeded: { tone: 'ok', word: 'Succeeded' },
  failed: { tone: 'failed', word: 'Failed' },
  cancelled: { tone: 'cancelled', word: 'Cancelled' },
  timed_out: { tone: 'failed', word: 'Timed out' },
  skipped: { tone: 'none', word: 'Not reached' },
  interrupted: { tone: 'failed', word: 'Interrupted' },
};

export const stepStatusAppearance = (status: StepStatus): Appearance => STEP[status];

/** A step. Queued without having become ready means that it has not been reached yet. */
export function stepAppearance(step: {
  status: StepStatus;
  queued_at: string | null;
  waiting_for: WaitingFor | null;
  severity?: string;
}): Appearance {
  if (step.status === 'queued' && step.queued_at === null) return { tone: 'none', word: 'Not reached' };
  if (step.status === 'waiting' && step.waiting_for === 'approval') return { tone: 'blocked', word: 'Approval needed' };
  if (step.status === 'waiting' && step.waiting_for === 'breaker') return { tone: 'waiting', word: 'Held' };
  if (step.severity === 'warning' && STEP[step.status].tone === 'failed') return { tone: 'warn', word: STEP[step.status].word };
  return STEP[step.status];
}

const CHECK: Record<CheckStatus, Appearance> = {
  pass: { tone: 'ok', word: 'Pass' },
  warn: { tone: 'warn', word: 'Warn' },
  fail: { tone: 'failed', word: 'Fail' },
  unknown: { tone: 'unknown', word: 'Unknown' },
};
export const checkAppearance = (status: CheckStatus): Appearance => CHECK[status];

const CONNECTION: Record<ConnectionState, Appearance> = {
  connecting: { tone: 'running', word: 'Connecting' },
  live: { tone: 'ok', word: 'Live' },
  polled: { tone: 'ok', word: 'Polled' },
  late: { tone: 'warn', word: 'Late' },
  offline: { tone: 'failed', word: 'Offline' },
  signed_out: { tone: 'blocked', word: 'Signed out' },
  incompatible: { tone: 'failed', word: 'Version mismatch' },
};
export const connectionAppearance = (state: ConnectionState): Appearance => CONNECTION[state];

const GATE: Record<GateState, Appearance> = {
  open: { tone: 'blocked', word: 'Approval needed' },
  approved: { tone: 'ok', word: 'Approved' },
  rejected: { tone: 'failed', word: 'Rejected' },
  expired: { tone: 'failed', word: 'Expired' },
};
export const gateAppearance = (state: GateState): Appearance => GATE[state];

const BREAKER: Record<BreakerState, string> = {
  closed: 'Closed',
  half_open: 'Half-open',
  open: 'Open',
  isolated: 'Isolated',
  disabled: 'Disabled',
  metrics_only: 'Metrics only',
  unknown: 'Unknown',
};
export const breakerWord = (state: BreakerState): string => BREAKER[state];

/** What came of an act of an operator: it was carried out, or the code of the error says why not. */
export function outcomeAppearance(act: { outcome: string }): Appearance {
  return act.outcome === 'done' ? { tone: 'ok', word: 'Done' } : { tone: 'failed', word: `Not done: ${act.outcome.replaceAll('_', ' ')}` };
}
