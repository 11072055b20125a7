/** Where the blast radius is of the breaker that a step met last, or will meet. */
import type { Step } from '../../rpc/schema';
import { blastHref } from '../../state/route.svelte';

/** An address, with where the breaker stood at the newest attempt that met it; `null` where the step meets none. */
export function stepBlast(connection: string, step: Pick<Step, 'attempts' | 'breaker'>): string | null {
  const met = step.attempts.findLast((attempt) => attempt.breaker !== null);
  if (met?.breaker != null) return blastHref(connection, met.breaker, met.breaker_state === null ? undefined : { at: met.started_at, state: met.breaker_state });
  return step.breaker === null ? null : blastHref(connection, step.breaker);
}
