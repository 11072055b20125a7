/** Which step a retry is about: the chosen one if it ended badly, else the one that explains the failure. */
import type { RunView, Step } from '../../rpc/schema';

const BAD = ['failed', 'timed_out', 'interrupted'];

export function retryTarget(run: RunView, chosen: string | undefined): Step | null {
  const bad = run.steps.filter((step) => BAD.includes(step.status));
  return bad.find((step) => step.name === chosen) ?? bad.find((step) => step.name === run.current_step) ?? bad[0] ?? null;
}
