/** Which tags an event makes stale, and whether a resource that carries some tags is touched by it. */
import type { ConsoleEvent, Tag } from './schema';

export type { ConsoleEvent, Tag };

/** Two tags are the same when they name the same noun and, for a run, the same run of the same connection. */
export function sameTag(a: Tag, b: Tag): boolean {
  if (a.noun === 'run' && b.noun === 'run') return a.connection === b.connection && a.run === b.run;
  return a.noun === b.noun;
}

/** Whether any of `stale` is among `tags`. */
export function touches(stale: readonly Tag[], tags: readonly Tag[]): boolean {
  return stale.some((tag) => tags.some((own) => sameTag(own, tag)));
}
