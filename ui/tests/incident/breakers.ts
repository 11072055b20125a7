/** One breaker of the incident, closed and quiet unless said otherwise. */
import type { BreakerEvent, BreakerView } from '../../src/rpc/schema';
import { at } from './clock';

export const breaker = (over: Partial<BreakerView> = {}): BreakerView => ({
  last_state: over.state ?? 'closed',
  id: 'ai:anthropic', protects: 'The Anthropic API', source: 'control_plane', connection: 'flow-eu', connection_name: 'flow-eu', state: 'closed',
  since: at('03:07:12'), cause: null, consecutive_failures: 0, failure_threshold: 5, success_threshold: 2, next_probe_at: null,
  calls: 9, failures: 0, rejections: 0, times_opened: 0, last_call_at: at('03:14:00'), isolation: null, freshness: { read_at: at('03:14:21'), state: 'live' },
  ...over,
});

const happened = (seq: number, clock: string, of: Partial<BreakerEvent>): BreakerEvent => ({ seq, breaker: 'ai:anthropic', at: at(clock), what: 'opened', from: 'half_open', to: 'open', cause: null, until: null, actor: null, reason: null, correlation_id: null, ...of });
const probe = (seq: number, clock: string): BreakerEvent => happened(seq, clock, { what: 'half_opened', from: 'open', to: 'half_open' });

/** What happened to the breaker of the incident, newest first. */
export const breakerEvents: BreakerEvent[] = [
  happened(7, '03:12:27', { cause: 'overloaded', until: at('03:18:27') }),
  probe(6, '03:12:26'),
  happened(5, '03:09:28', { cause: 'overloaded', until: at('03:12:27') }),
  probe(4, '03:09:27'),
  happened(3, '03:07:58', { cause: 'overloaded', until: at('03:09:27') }),
  probe(2, '03:07:57'),
  happened(1, '03:07:12', { from: 'closed', cause: 'overloaded', until: at('03:07:57') }),
];
