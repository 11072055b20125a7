/** The further facts of an event as short text: known keys in a fixed order, unknown ones as they are. */
import type { Event, JsonValue } from '../../rpc/schema';

const ORDER = ['reason', 'failure', 'until', 'waiting_for', 'breaker', 'exit_code', 'inputs_changed'];

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function text(value: JsonValue, moment: (at: string) => string): string {
  if (typeof value === 'string' && ISO.test(value)) return moment(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value['message'] === 'string') return value['message'];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `moment` writes times in the reader's zone. */
export function eventFacts(event: Pick<Event, 'data'>, moment: (at: string) => string): string {
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.entries(event.data)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => (key === 'reason' || key === 'failure' ? text(value, moment) : `${key.replaceAll('_', ' ')} ${text(value, moment)}`))
    .join(' · ');
}
