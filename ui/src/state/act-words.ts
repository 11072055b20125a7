/** Acts as a reader says them: what was asked, and of what. */
import type { ActRecord } from '../rpc/schema';

const VERBS: Record<string, string> = {
  create_run: 'Start',
  retry_step: 'Retry',
  cancel_run: 'Cancel',
  approve_gate: 'Approve',
  reject_gate: 'Reject',
  acknowledge_problem: 'Acknowledge',
  give_problem_back: 'Give back',
  reset_breaker: 'Reset',
  probe_breaker: 'Probe once',
  isolate_breaker: 'Isolate',
  release_breaker: 'Lift isolation',
};

/** An act that a later version knows is still shown, by the name that it has on the wire. */
export const actWord = (act: Pick<ActRecord, 'action'>): string => VERBS[act.action] ?? act.action.replaceAll('_', ' ');

/** The step that it was about; the run itself has its name above the list. */
export function actStep(act: Pick<ActRecord, 'target'>, run: string): string {
  return act.target.startsWith(`${run}/`) ? act.target.slice(run.length + 1) : '';
}

/** Whether it was about this run. */
export const isAbout = (act: Pick<ActRecord, 'target'>, run: string): boolean => act.target === run || act.target.startsWith(`${run}/`);
