/** The further facts of an event as short text: known keys in a fixed order, unknown ones as they are. */
import type { Event, JsonValue } from '../../rpc/schema';

const ORDER = ['reason', 'failure', 'until', 'waiting_for', 'breaker', 'exit_code', 'inputs_changed'];

function text(value: JsonValue): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value['message'] === 'string') return value['message'];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function eventFacts(event: Pick<Event, 'data'>): string {
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.entries(event.data)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => (key === 'reason' || key === 'failure' ? text(value) : `${key.replaceAll('_', ' ')} ${text(value)}`))
    .join(' · ');
}
