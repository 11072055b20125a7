import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { connection, storePlatform } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { ConnectionView } from '../../rpc/schema';
import RequestBudget from './RequestBudget.svelte';

function open(one: ConnectionView) {
  const { platform, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [one], 'connections.edit': () => one }));
  render(RequestBudget, { props: { connection: one }, context });
  return platform;
}

test('what is left is what the plane says is left', () => {
  open(storePlatform({ spending: { reads: 90, acts: 2, left: { limit: 1_000, remaining: 600, resets_in_ms: 90_000 } } }));
  expect(screen.getByRole('img').getAttribute('aria-label'), 'others may spend of it too').toBe('400 of 1,000 used');
  expect(screen.getByText(/resets in 1m 30s/)).toBeTruthy();
});

test('how often it is asked is chosen here, and left to the console again', async () => {
  const platform = open(storePlatform({ asks_every_ms: 7_000 }));
  const choice = screen.getByLabelText('Ask for news');
  await fireEvent.change(choice, { target: { value: '15000' } });
  await fireEvent.change(choice, { target: { value: '0' } });
  await waitFor(() => expect(platform.asked('connections.edit')).toEqual([{ connection: 'stores-eu', poll_every_ms: 15_000 }, { connection: 'stores-eu', poll_every_ms: 0 }]));
});

test('a plane that nobody asks now is said to be so', () => {
  open(storePlatform({ asks_every_ms: null }, 'offline'));
  expect(screen.getByText(/^It is not asked now\./)).toBeTruthy();
});

test('a choice that was made elsewhere is shown as it is', () => {
  open(storePlatform({ poll_every_ms: 42_000, asks_every_ms: 42_000 }));
  expect((screen.getByLabelText('Ask for news') as HTMLSelectElement).selectedOptions[0]?.textContent).toBe('every 42s');
});

test('a plane that tells by itself has nothing to choose', () => {
  open(connection('flow-eu'));
  expect(screen.queryByLabelText('Ask for news')).toBeNull();
  expect(screen.getByText(/it states no limit/), 'and nothing is made up').toBeTruthy();
});
