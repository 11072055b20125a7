/** Which step a retry is about, and what hangs on it. */
import type { RunView, Step } from '../../rpc/schema';

const BAD = ['failed', 'timed_out', 'interrupted'];

/** The chosen step if it ended badly, else the one that explains why the run failed; `null` where there is none, and where the run is over for good: neither success nor a stop can be taken back. */
export function retryTarget(run: RunView, chosen: string | undefined): Step | null {
  if (run.status === 'succeeded' || run.status === 'cancelled') return null;
  const bad = run.steps.filter((step) => BAD.includes(step.status));
  // A warning stops nothing, so nobody is asked to retry it who has not chosen it.
  const critical = bad.filter((step) => step.severity === 'critical');
  return bad.find((step) => step.name === chosen) ?? critical.find((step) => step.name === run.current_step) ?? critical[0] ?? null;
}

/** How many steps were not reached because of this one, straight or by way of others. */
export function waitingFor(run: Pick<RunView, 'steps'>, name: string): number {
  const behind = new Set([name]);
  // Each round takes in one layer; a plan has no circles.
  for (let before = 0; behind.size > before; ) {
    before = behind.size;
    for (const step of run.steps) if (step.status === 'skipped' && step.depends_on.some((one) => behind.has(one))) behind.add(step.name);
  }
  return behind.size - 1;
}
