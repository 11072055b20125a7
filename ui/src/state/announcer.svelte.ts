/**
 * What a screen reader is told: one polite summary per five seconds at most, and urgent things at once. What was said is
 * taken away again, since the same words said later are heard only if they come anew.
 */
export const POLITE_EVERY_MS = 5_000;

export class Announcer {
  polite = $state('');
  assertive = $state('');
  #pending: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #urgent: ReturnType<typeof setTimeout> | undefined;

  /** Only the newest summary of a pause is said. */
  say(summary: string): void {
    if (this.#timer !== undefined) {
      this.#pending = summary;
      return;
    }
    this.polite = summary;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#pending;
      this.#pending = undefined;
      this.polite = '';
      if (next !== undefined) this.say(next);
    }, POLITE_EVERY_MS);
  }

  /** Only for: connection lost, write lock ending, approval expiring. */
  sayNow(text: string): void {
    this.assertive = text;
    clearTimeout(this.#urgent);
    this.#urgent = setTimeout(() => (this.assertive = ''), POLITE_EVERY_MS);
  }
}
