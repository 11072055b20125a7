/** A blast radius as a reader says it. Pure: data in, words out. */
import type { Breaker, BreakerEffect, BlastRadius } from '../rpc/schema';
import { plural } from './run-words';
import { toMillis } from './time-format';

export const EFFECTS: readonly { effect: BreakerEffect; word: string; means: string; none: string }[] = [
  { effect: 'failed', word: 'Failed', means: 'ended in error behind it; not tried again by itself', none: 'No run has failed behind it.' },
  { effect: 'held', word: 'Held', means: 'waits behind it; goes on when it closes', none: 'No run waits behind it.' },
  { effect: 'next', word: 'Next', means: 'will meet it if it stays as it is', none: 'No run is about to meet it.' },
  { effect: 'delayed', word: 'Delayed', means: 'was held up by it and has gone on', none: 'No run was held up and went on.' },
];

/** Why a breaker of the console has none. */
export const NO_BLAST = 'no step of a run calls through a breaker of this console';

/** The steps of one effect, named if all are the same. */
export function stepName(radius: BlastRadius, effect: BreakerEffect): string {
  const names = new Set(radius.steps.filter((step) => step.effect === effect).map((step) => step.name));
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : plural(names.size, 'step');
}

/** What of the failed runs had been sent; the others were refused. */
export function sentText({ counts }: Pick<BlastRadius, 'counts'>): string {
  const refused = counts.failed - counts.failed_after_sending;
  const sent = counts.failed_after_sending;
  if (refused <= 0) return 'all after sending';
  if (sent === 0) return 'all refused, nothing sent';
  return `${sent.toLocaleString('en-US')} after sending, ${refused.toLocaleString('en-US')} refused`;
}

/** What hurts least, by fixed rules from where the breaker stands. `heard`: whether its plane answers. */
export function safestNow(breaker: Breaker, heard: boolean, now: number, moment: (at: string) => string): string {
  const probe = breaker.next_probe_at;
  if (!heard || breaker.state === 'unknown') return 'wait until its plane is heard. How it stands is unknown, and nothing done here reaches it.';
  switch (breaker.state) {
    case 'open':
      if (probe === null) return 'probe once when the other side says that it is well. No probe is due by itself.';
      return toMillis(probe) > now ? `wait for the probe at ${moment(probe)}. What is held goes on by itself once it closes; what has failed does not.` : 'wait for the next call, which probes, or let one through. A reset lets every waiting call through at once.';
    case 'half_open':
      return `wait. It is being probed, and ${breaker.success_threshold} successes in a row close it; a reset now lets every waiting call through at once.`;
    case 'isolated':
      return `leave it. ${breaker.isolation ? `${breaker.isolation.actor} isolated it on purpose; ask before it is lifted` : 'Somebody isolated it on purpose'}.`;
    default:
      return `retry what has failed in small numbers. It is closed, and ${plural(breaker.failure_threshold, 'failure')} in a row open it again.`;
  }
}
