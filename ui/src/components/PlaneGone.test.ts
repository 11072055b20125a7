import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform, refusal } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import type { Session } from '../state/session.svelte';
import PlaneGone from './PlaneGone.svelte';

const here = connection('here', { built_in: true }, 'offline', at('03:12:08'));

async function open(handlers: ScriptedPlatform['handlers']): Promise<Session> {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [], ...handlers }));
  session.app.want(null, []);
  session.connections.resource.want(null, []);
  await vi.waitFor(() => expect([session.app.status, session.connections.resource.status], 'both are read').toEqual(['ready', 'ready']));
  render(PlaneGone, { context });
  return session;
}

test('a built-in control plane that runs is not worth a word', async () => {
  await open({ 'app.info': () => appInfo });
  expect(screen.queryByText(/has ended/), 'it runs, so nothing is said').toBeNull();
});

test('it says until when its runs are known, and takes the word from every other strip', async () => {
  const session = await open({ 'app.info': () => ({ ...appInfo, built_in_plane: 'not_running' }), 'connections.list': () => [here] });
  expect(screen.getByRole('status').textContent, 'as of when').toContain('as they were last seen at 03:12:08');
  expect(session.planeGone, 'one loss, one strip').toBe(true);
  session.hearing.lostAt = session.clock.now;
  expect(session.planeGone, 'while the console itself is not heard, that is what is said').toBe(false);
});

test('where nothing is contacted nobody is said to have ended, and nothing can be started', async () => {
  await open({ 'app.info': () => ({ ...appInfo, built_in_plane: 'not_contacted' }), 'connections.list': () => [here] });
  expect(screen.getByRole('status').textContent, 'what it is, and the way out').toMatch(/Nothing is contacted.*as it was last seen at 03:12:08.*without --offline/s);
  expect([screen.queryByText(/has ended/), screen.queryByRole('button')], 'no false word and no vain button').toEqual([null, null]);
});

test('one whose process has ended is started here, and a refusal says what to do', async () => {
  const start = vi.fn(() => Promise.reject(refusal('Another process holds it.')));
  await open({ 'app.info': () => ({ ...appInfo, built_in_plane: 'not_running' }), 'connections.start_built_in': start });
  await fireEvent.click(await screen.findByRole('button', { name: 'Start it here' }));
  expect(await screen.findByText(/Another process holds it\. Try again later\./), 'reason and remedy are shown').toBeTruthy();
  expect(start, 'one click is one wish').toHaveBeenCalledTimes(1);
});
