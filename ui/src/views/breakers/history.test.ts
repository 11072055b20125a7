import { expect, test } from 'vitest';
import { at, NOW } from '../../../tests/incident/clock';
import type { BreakerEvent } from '../../rpc/schema';
import { toMillis } from '../../state/time-format';
import { happening } from './history';

const event = (of: Partial<BreakerEvent>): BreakerEvent => ({ seq: 1, breaker: 'ai:anthropic', at: at('03:07:12'), what: 'opened', from: 'closed', to: 'open', cause: null, until: null, actor: null, reason: null, correlation_id: null, ...of });
const now = toMillis(NOW);

test.each<[Partial<BreakerEvent>, string]>([
  [{ cause: 'overloaded', until: at('03:18:27') }, 'It opened: said that it is overloaded, for 11m 15s'],
  [{ from: 'half_open', cause: 'timeout', until: at('03:08:12') }, 'The probe failed: answers came too late, for 1m 00s at most'],
  [{ what: 'half_opened', to: 'half_open' }, 'Its time was over, so the next call probes'],
  [{ what: 'half_opened', to: 'half_open', actor: 'mira', reason: 'they say it is up' }, 'A probe was let through: they say it is up'],
  [{ what: 'isolated', to: 'isolated', actor: 'lena', reason: 'advisory on left-padx', until: at('06:07:12') }, 'It was isolated, for 3h 00m: advisory on left-padx'],
  [{ what: 'closed', from: 'half_open', to: 'closed' }, 'Its probes succeeded'],
  [{ what: 'reset', to: 'closed', actor: 'mira', reason: 'the key was renewed' }, 'It was reset: the key was renewed'],
])('%o', (of, words) => {
  expect(happening(event(of), now)).toBe(words);
});
