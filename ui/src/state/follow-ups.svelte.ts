/** Acts on breakers that are looked at again after 30 seconds. It outlives the view that the act was done in. */
import type { Call } from '../rpc/call';
import type { BreakerAct, BreakerEvent, BreakerView } from '../rpc/schema';
import { breakerKey } from './breaker-state';
import { outcomeOf, type Outcome } from './follow-up-words';
import type { Hearing } from './hearing.svelte';
import { href } from './route.svelte';

/** How long after an act it is looked at, in milliseconds. */
export const LOOK_AFTER_MS = 30_000;

export interface FollowUp extends Outcome {
  id: number;
  /** Where the breaker is. */
  to: string;
}

export class FollowUps {
  /** What came of acts, newest first, until somebody puts it away. */
  cards = $state.raw<readonly FollowUp[]>([]);

  #call: Call;
  #hearing: Hearing;
  #say: (text: string) => void;
  #next = 0;

  constructor(call: Call, hearing: Hearing, say: (text: string) => void) {
    this.#call = call;
    this.#hearing = hearing;
    this.#say = say;
  }

  /** `before` is how the breaker stood right after the act. */
  watch(before: BreakerView, act: BreakerAct['act']): void {
    setTimeout(() => void this.#look(before, act), LOOK_AFTER_MS);
  }

  dismiss(id: number): void {
    this.cards = this.cards.filter((card) => card.id !== id);
  }

  async #look(before: BreakerView, act: BreakerAct['act']): Promise<void> {
    const [now, events] = await this.#read(before);
    const outcome = outcomeOf(act, before, now, events);
    this.#next += 1;
    this.cards = [{ ...outcome, id: this.#next, to: href('breakers', { breaker: breakerKey(before) }) }, ...this.cards];
    this.#say(`${outcome.title}. ${outcome.detail}`);
  }

  async #read({ source, connection, id }: BreakerView): Promise<[BreakerView | null, BreakerEvent[] | null]> {
    if (this.#hearing.lostAt !== null) return [null, null];
    try {
      const [all, told] = await Promise.all([this.#call('breakers.list', null), this.#call('breakers.history', { source, connection: connection ?? undefined, breaker: id })]);
      const now = all.find((one) => one.source === source && one.connection === connection && one.id === id) ?? null;
      return [now, told.freshness.state === 'offline' ? null : told.value];
    } catch {
      // Whatever stood in the way, nobody saw what came of it.
      return [null, null];
    }
  }
}
