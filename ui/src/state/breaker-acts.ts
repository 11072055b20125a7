/** What can be done to a breaker now, and why not. */
import type { BreakerAct, BreakerView } from '../rpc/schema';
import { shownState } from './breaker-state';
import type { Connections } from './connections.svelte';

/** What cannot come of an act, by where the breaker stands. */
function without(one: BreakerView, act: BreakerAct['act']): string | null {
  const state = shownState(one);
  if (state === 'unknown') return 'it is not known where it stands';
  if (act === 'reset') return state === 'closed' ? 'it is closed already' : state === 'isolated' ? 'it is isolated; lift that first' : null;
  if (act === 'probe') return state === 'open' ? null : 'only an open breaker is probed';
  if (act === 'release') return one.isolation === null ? 'nobody has isolated it' : null;
  return null;
}

/** Why an act is not possible now, as a part of a sentence; `null` when it is. */
export function actRefusal(connections: Connections, one: BreakerView, act: BreakerAct['act']): string | null {
  if (one.source === 'console' || one.connection === null) return without(one, act);
  return without(one, act) ?? connections.refusal(one.connection, 'reset_breaker');
}
