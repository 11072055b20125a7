/** One breaker of the incident, closed and quiet unless said otherwise. */
import type { BreakerView } from '../../src/rpc/schema';
import { at } from './clock';

export const breaker = (over: Partial<BreakerView> = {}): BreakerView => ({
  id: 'ai:anthropic', protects: 'The Anthropic API', source: 'control_plane', connection: 'flow-eu', connection_name: 'flow-eu', state: 'closed',
  since: at('03:07:12'), cause: null, consecutive_failures: 0, failure_threshold: 5, success_threshold: 2, next_probe_at: null,
  calls: 9, failures: 0, rejections: 0, times_opened: 0, last_call_at: at('03:14:00'), freshness: { read_at: at('03:14:21'), state: 'live' },
  ...over,
});
