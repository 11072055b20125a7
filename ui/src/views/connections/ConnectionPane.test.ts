import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { ConnectionView, Who, WireError } from '../../rpc/schema';
import ConnectionPane from './ConnectionPane.svelte';
import { verdict } from './words';

const error: WireError = { code: 'offline', message: 'It cannot be reached.', hint: 'Test the connection to see which hop fails.', correlationId: 'c' };

function open() {
  const one = connection('flow-eu', {}, 'offline');
  const tested = { passed: false, kind: null, hops: [{ name: 'Connect', result: 'fail', detail: 'refused', duration_ms: 2 }], error };
  const { context } = fixedSession(new ScriptedPlatform({ 'connections.test': () => tested }));
  render(ConnectionPane, { props: { connection: { ...one, status: { ...one.status, error } } }, context });
}

test('a test says why it failed once, and no longer advises to test', async () => {
  open();
  expect(screen.getByText(error.message).parentElement?.textContent, 'before it, the way out is to test').toBe(`${error.message} ${error.hint ?? ''}`);
  await fireEvent.click(screen.getByRole('button', { name: 'Test the way' }));
  await screen.findByText('refused');
  expect(screen.getAllByText(error.message), 'the same words stand once').toHaveLength(1);
  expect(screen.queryByText(error.hint ?? ''), 'it was tested').toBeNull();
});

test('forgetting begins at the name that must be typed', async () => {
  open();
  await fireEvent.click(screen.getByRole('button', { name: 'Forget flow-eu on this machine' }));
  await screen.findByRole('dialog');
  await vi.waitFor(() => expect(document.activeElement, 'nothing can be done without it').toBe(screen.getByLabelText(/^Type/)));
});

const ana: Who = { principal: 'ana@example.org', may: [], teams: [{ id: 'tm_1', name: 'storefront', slug: 'storefront', role: 'admin', joined_at: null, subscription: null, may: null }] };

function openAs(of: Partial<ConnectionView>, state: ConnectionView['status']['state'] = 'live', signOut: () => unknown = () => connection('harbor', { credential: 'missing' }, 'signed_out')) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'connections.sign_out': signOut, 'connections.list': () => [] }));
  render(ConnectionPane, { props: { connection: connection('harbor', of, state) }, context });
  return { session, platform };
}

test('who we are is told, and signing out everywhere asks first and gives a receipt', async () => {
  const { platform } = openAs({ who: ana });
  expect(screen.getByText(/^Signed in as/).textContent).toBe('Signed in as ana@example.org, admin of storefront');
  await fireEvent.click(screen.getByRole('button', { name: 'Sign out everywhere' }));
  const dialog = await screen.findByRole('dialog', { name: 'Sign out of harbor everywhere' });
  expect(platform.asked('connections.sign_out'), 'not before it is confirmed').toEqual([]);
  await fireEvent.click(within(dialog).getByRole('button', { name: /^Sign out everywhere/ }));
  expect(await screen.findByText('Every session of yours on harbor is ended, on every device.'), 'what was done').toBeTruthy();
  expect(platform.asked('connections.sign_out')).toEqual([{ connection: 'harbor', everywhere: true }]);
});

test('a session that the plane did not end has no receipt', async () => {
  const out = connection('harbor', { credential: 'missing' }, 'signed_out');
  openAs({ who: ana }, 'live', () => ({ ...out, status: { ...out.status, error: { ...error, message: 'the session is forgotten here, but the control plane did not end it' } } }));
  await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  expect(await screen.findByText(/the control plane did not end it/), 'what is still open').toBeTruthy();
  expect(screen.queryByText('You are signed out of harbor.'), 'and nothing that sounds like done').toBeNull();
});

test('signed out, the way in is there, and nothing to sign out of', async () => {
  const { session } = openAs({ credential: 'missing' }, 'signed_out');
  expect(screen.queryByRole('button', { name: /^Sign out/ })).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(session.signingIn, 'the dialog of the frame is asked for').toBe('harbor');
});

test.each([['the built-in plane', { built_in: true }], ['a plane that takes tokens', { kind: 'nofx' as const }]])('on %s nobody signs in', (_, of) => {
  openAs(of);
  expect(screen.queryByRole('button', { name: /^Sign in/ })).toBeNull();
});

test.each([
  [1, 1, 0, '1 control plane, and it answers'],
  [1, 0, 0, '1 control plane, and it does not answer'],
  [1, 0, 1, '1 control plane, and you are signed out of it'],
  [3, 3, 0, '3 control planes, and all answer'],
  [3, 2, 0, '3 control planes, 2 answer'],
  [3, 1, 0, '3 control planes, only 1 answers'],
  [3, 0, 0, '3 control planes, none answers'],
  [3, 2, 1, '3 control planes, 2 answer, you are signed out of 1'],
  [3, 0, 1, '3 control planes, you are signed out of 1'],
  [3, 0, 3, '3 control planes, and you are signed out of all'],
])('of %i planes %i answer and %i let nobody in', (total, answering, signedOut, line) => {
  expect(verdict(total, answering, signedOut), 'a sentence').toBe(line);
});
