import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import type { FreshnessState } from '../rpc/schema';
import StaleNotice from './StaleNotice.svelte';

const works = 'Acts need an answer.';
const say = (state: FreshnessState, { context } = fixedSession(), who = 'flow-eu') =>
  render(StaleNotice, { props: { freshness: { read_at: at('03:12:08'), state }, who, works }, context }).container.textContent ?? '';

test('live says nothing; late and offline are not the same', () => {
  expect(say('live').trim(), 'quiet when fine').toBe('');
  const late = say('stale');
  expect(late, 'late since when').toMatch(/flow-eu is late: last heard 03:12:08/);
  expect([late.includes(works), late.includes('Acts are possible')], 'a late plane still answers').toEqual([false, true]);
  const offline = say('offline');
  expect(offline, 'offline says as of when').toContain('Cached as of 03:12:08');
  expect(offline, 'and what still works').toContain(`. ${works}`);
});

test('what the frame says already is not said again', async () => {
  const stage = fixedSession(new ScriptedPlatform({
    'connections.list': () => [connection('here', { built_in: true }), connection('flow-eu')],
    'app.info': () => ({ ...appInfo, built_in_plane: 'not_running' }),
  }));
  stage.session.connections.resource.want(null, []);
  await vi.waitFor(() => expect(stage.session.connections.all, 'the planes are known').toHaveLength(2));
  stage.session.app.want(null, []);
  await vi.waitFor(() => expect(stage.session.planeGone, 'the frame says why').toBe(true));
  expect(say('offline', stage, 'here').trim(), 'why the built-in one is silent stands above').toBe('');
  expect(say('offline', stage), 'another one has its own reason').toContain('flow-eu is offline');
  stage.session.hearing.lostAt = stage.session.clock.now;
  expect(say('offline', stage).trim(), 'the console itself is not heard, and that stands above').toBe('');
});

test('signed out is calm and past, and signing in waits until it is pressed', async () => {
  const stage = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('harbor', {}, 'signed_out'), connection('flow-eu', {}, 'offline')] }));
  stage.session.connections.resource.want(null, []);
  await vi.waitFor(() => expect(stage.session.connections.all, 'the planes are known').toHaveLength(2));
  const text = say('offline', stage, 'harbor');
  expect(text, 'what happened, and the age of what is shown').toContain('You were signed out of harbor. Cached as of 03:12:08');
  expect([text.includes('is offline'), text.includes('Which hop')], 'nothing is broken').toEqual([false, false]);
  expect(stage.session.signingIn, 'nothing opens by itself').toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Sign in on harbor' }));
  expect(stage.session.signingIn, 'pressed, it asks').toBe('harbor');
  cleanup();
  expect(say('offline', stage, 'harbor, flow-eu'), 'one that is silent speaks for both').toContain('harbor, flow-eu are offline');
  expect(screen.getByRole('button', { name: 'Sign in on harbor' }), 'and the other way out is there as well').toBeTruthy();
});
