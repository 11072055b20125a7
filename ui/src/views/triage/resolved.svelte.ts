/** Problems as they are shown: a solved one stays where it was for a minute, with a check, and then leaves. */
import type { Problem } from '../../rpc/schema';

/** How long a solved problem is still shown, in milliseconds. */
export const KEPT_MS = 60_000;

export interface Shown {
  problem: Problem;
  /** When it was first found to be gone, in milliseconds since the epoch; `null` while it is there. */
  resolvedAt: number | null;
}

export class Problems {
  shown = $state.raw<readonly Shown[]>([]);

  /** Takes in what is wrong now. Only the newest reading of a console that is heard may be given. */
  take(problems: readonly Problem[], now: number): void {
    // What is folded into the loss of its plane is not solved, so it leaves without a check.
    const lost = new Set(problems.flatMap(({ cause, connection }) => (cause.kind === 'connection' ? [connection] : [])));
    const unsolved = ({ problem, resolvedAt }: Shown): boolean => problems.some(({ id }) => id === problem.id) || (resolvedAt === null && problem.connection !== null && lost.has(problem.connection));
    const gone = this.shown.flatMap((one, index) => (unsolved(one) ? [] : [{ one: { ...one, resolvedAt: one.resolvedAt ?? now }, index }]));
    const next: Shown[] = problems.map((problem) => ({ problem, resolvedAt: null }));
    for (const { one, index } of gone) next.splice(Math.min(index, next.length), 0, one);
    this.shown = next;
    this.forget(now);
  }

  /** Lets those leave whose time is over. */
  forget(now: number): void {
    const kept = this.shown.filter(({ resolvedAt }) => resolvedAt === null || now - resolvedAt < KEPT_MS);
    if (kept.length < this.shown.length) this.shown = kept;
  }
}
