import { expect, test } from 'vitest';
import type { ConnectionState, ConnectionView } from '../rpc/schema';
import { Losses } from './losses';

function heard(): { follow: (states: Record<string, ConnectionState> | null) => void; said: string[] } {
  const said: string[] = [];
  const losses = new Losses({ say: (text) => void said.push(text), sayNow: (text) => void said.push(`now: ${text}`) });
  const view = ([name, state]: [string, ConnectionState]) => ({ id: name, name, status: { state } }) as ConnectionView;
  return { follow: (states) => losses.follow(states && Object.entries(states).map(view)), said };
}

test('a loss is said once, whatever is tried meanwhile, and so is the return', () => {
  const { follow, said } = heard();
  follow({ pier: 'live' });
  for (const state of ['offline', 'connecting', 'offline', 'connecting'] as const) follow({ pier: state });
  expect(said).toEqual(['now: pier is offline. What is shown of it is as last seen.']);
  follow({ pier: 'live' });
  follow({ pier: 'late' });
  expect(said.slice(1)).toEqual(['pier is heard again.']);
});

test('planes that fall silent together are one sentence', () => {
  const { follow, said } = heard();
  follow({ pier: 'live', quay: 'polled', mole: 'live', local: 'live' });
  follow({ pier: 'offline', quay: 'offline', mole: 'signed_out', local: 'live' });
  expect(said).toEqual(['now: pier and quay are offline. What is shown of them is as last seen. You were signed out of mole.']);
});

test('what was silent from the beginning is no news, nor is anything while the console is lost', () => {
  const { follow, said } = heard();
  follow({ pier: 'connecting', quay: 'offline' });
  follow({ pier: 'live', quay: 'offline' });
  follow(null);
  follow({ pier: 'live', quay: 'offline' });
  expect(said).toEqual([]);
});
