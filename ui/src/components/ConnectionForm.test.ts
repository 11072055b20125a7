import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import { CallError } from '../rpc/call';
import ConnectionForm from './ConnectionForm.svelte';

const locked = { ...appInfo, keychain: { available: false, reason: 'It is locked.', remedy: 'Unlock it.' } };

function open(app: unknown, add: () => unknown = () => ({})) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'app.info': () => app, 'connections.add': add }));
  session.app.want(null, []);
  render(ConnectionForm, { props: { onadded: () => undefined, onsignin: () => undefined }, context });
  return platform;
}

test('without a keychain the token is kept for the session, unless the reader says no', async () => {
  const platform = open(locked);
  const choice = await screen.findByRole<HTMLInputElement>('checkbox', { name: /for this session only/ });
  expect(choice.checked, 'nothing else is possible, so it is chosen already').toBe(true);
  expect(screen.queryByText('This session only'), 'the choice is repeated at the button').not.toBeNull();
  expect(screen.queryByText('OS keychain only'), 'nothing goes into a keychain that cannot be used').toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Connect 1 control plane' }));
  expect(platform.asked('connections.add'), 'what is shown is what is sent').toMatchObject([{ session_only: true }]);
  await fireEvent.click(choice);
  expect(screen.queryByText('No keychain'), 'refused, there is no place for it').not.toBeNull();
});

test('with a keychain there is nothing to choose', async () => {
  const platform = open(appInfo);
  await vi.waitFor(() => expect(platform.asked('app.info'), 'it is asked').toHaveLength(1));
  expect([screen.queryByRole('checkbox'), screen.queryByText('OS keychain only') !== null], 'the token goes there').toEqual([null, true]);
});

test.each([['', true], ['bwk_secret', false]])('added with the token "%s", signing in is offered: %s', async (token, offered) => {
  const onadded = vi.fn();
  const onsignin = vi.fn();
  const added = connection('harbor', { credential: 'missing' }, 'signed_out');
  const { context } = fixedSession(new ScriptedPlatform({ 'connections.add': () => added }));
  render(ConnectionForm, { props: { onadded, onsignin }, context });
  await fireEvent.input(screen.getByLabelText('Token'), { target: { value: token } });
  await fireEvent.click(screen.getByRole('button', { name: 'Connect 1 control plane' }));
  if (!offered) {
    await vi.waitFor(() => expect(onadded, 'a token is a way in already').toHaveBeenCalledOnce());
    return;
  }
  const button = await screen.findByRole('button', { name: 'Sign in on harbor' });
  await vi.waitFor(() => expect(document.activeElement, 'the reader is led to it').toBe(button));
  expect([onadded.mock.calls.length, onsignin.mock.calls.length], 'nothing opens by itself').toEqual([0, 0]);
  await fireEvent.click(button);
  expect([onadded.mock.calls, onsignin.mock.calls], 'first it is added, then the reader signs in').toEqual([[[added]], [[added]]]);
});

test('a fault at a field is two sentences', async () => {
  open(appInfo, () => {
    throw new CallError({ code: 'invalid', message: 'a fault', correlationId: 'c', faults: [{ path: 'name', rule: 'length', message: 'a name has 1 to 60 characters', remedy: 'Write a short name' }] });
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Connect 1 control plane' }));
  expect(await screen.findByText('A name has 1 to 60 characters. Write a short name.'), 'what is wrong, and what to do').toBeTruthy();
});
