import { render } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../tests/incident/around';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import type { ConnectionState } from '../rpc/schema';
import SyncPill from './SyncPill.svelte';

async function pill(...states: ConnectionState[]): Promise<HTMLElement> {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => states.map((state, n) => connection(`plane-${n}`, {}, state, at('03:12:08'))) }));
  session.connections.resource.want(null, []);
  await vi.waitFor(() => expect(session.connections.known, 'the list must arrive').toBe(true));
  return render(SyncPill, { context }).container;
}

test.each<[string, ConnectionState[], string, string]>([
  ['all are heard', ['live', 'polled'], 'All 2 live', 'ok'],
  ['one of them is late', ['live', 'late'], '1 of 2 live', 'warn'],
  ['all are late', ['late', 'late'], 'All 2 late', 'warn'],
  ['the only one is late', ['late'], 'Late', 'warn'],
  ['one is late, one is gone', ['late', 'offline'], '1 of 2 answer late', 'warn'],
  ['nobody answers', ['offline', 'signed_out'], 'Offline', 'failed'],
  ['nobody has answered yet', ['connecting'], 'Connecting', 'running'],
  ['there is none', [], 'No connection', 'unknown'],
])('%s', async (_, states, text, tone) => {
  const shown = (await pill(...states)).querySelector('.medium');
  expect([shown?.textContent, shown?.classList.contains(`tone-${tone}`)], 'late is not offline, and neither is live').toEqual([text, true]);
});

test('what is cached has its moment once nobody answers', async () => {
  expect((await pill('offline')).textContent, 'the last word').toContain('cached as of 03:12:08');
});

test('before anything is known nothing is claimed', () => {
  expect(render(SyncPill, { context: fixedSession().context }).container.textContent?.trim(), 'loading is not the same as none').toBe('');
});
