/** What a breaker protects and why it opened, in fixed phrases. Pure: data in, words out. */
import type { BreakerCause, BreakerView } from '../rpc/schema';
import { shownState } from './breaker-state';

export const CAUSES: Record<BreakerCause, string> = {
  unreachable: 'Could not be reached',
  timeout: 'Answers came too late',
  server_error: 'Answered with a server error',
  overloaded: 'Said that it is overloaded',
  malformed: 'Answered something that cannot be understood',
  operator: 'Opened by hand',
  slow: 'Too slow',
  other: 'Failed',
};

/** The same in a word or two, for where there is little room. */
export const SHORT_CAUSES: Record<BreakerCause, string> = {
  unreachable: 'unreachable',
  timeout: 'timeout',
  server_error: 'server error',
  overloaded: 'overloaded',
  malformed: 'malformed',
  operator: 'by hand',
  slow: 'too slow',
  other: 'failed',
};

/** A fixed phrase; what the other side wrote is never shown here. */
export function causePhrase(breaker: BreakerView): string {
  if (shownState(breaker) === 'unknown') return 'Not heard from';
  if (breaker.isolation !== null && breaker.state === 'isolated') return `By ${breaker.isolation.actor}: ${breaker.isolation.reason}`;
  if (breaker.cause !== null && breaker.state !== 'closed') return CAUSES[breaker.cause];
  return breaker.calls === 0 ? 'No calls yet' : 'Healthy';
}

/** What it protects, at the start of a line; a single word is a name and stays as it is spelt. */
export const title = ({ protects }: Pick<BreakerView, 'protects'>): string => (protects.includes(' ') ? protects.charAt(0).toUpperCase() + protects.slice(1) : protects);

/** The same, in the middle of a sentence. */
export const within = ({ protects }: Pick<BreakerView, 'protects'>): string => protects.replace(/^The /, 'the ');
