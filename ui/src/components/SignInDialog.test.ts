import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import { CallError } from '../rpc/call';
import type { WireError } from '../rpc/schema';
import { SignInDraft } from '../state/sign-in.svelte';
import SignInDialog from './SignInDialog.svelte';

const PASSWORD = 'four calm harbour words';
const TOKEN = 'bwi_4kQ9vTz7mX2rPq8LwYb3';
const harbor = connection('harbor', {}, 'signed_out');
const drafts: SignInDraft[] = [];
let scripted: ConstructorParameters<typeof ScriptedPlatform>[0];

beforeEach(() => {
  drafts.length = 0;
  scripted = {};
  const choose = SignInDraft.prototype.forget;
  vi.spyOn(SignInDraft.prototype, 'forget').mockImplementation(function (this: SignInDraft) {
    drafts.push(this);
    choose.call(this);
  });
});
afterEach(() => vi.restoreAllMocks());

const refuse = (of: Partial<WireError>) => () => {
  throw new CallError({ code: 'invalid', message: 'It was refused.', correlationId: 'c', ...of });
};

async function open(signIn: () => unknown = () => connection('harbor'), app: unknown = appInfo) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'app.info': () => app, 'connections.list': () => [harbor], 'connections.sign_in': signIn, ...scripted }));
  session.app.want(null, []);
  session.connections.resource.want(null, []);
  render(SignInDialog, { context });
  await vi.waitFor(() => expect(session.connections.all, 'the plane is known').toHaveLength(1));
  expect(screen.queryByRole('dialog'), 'nothing opens by itself').toBeNull();
  session.askToSignIn('harbor');
  await screen.findByRole('dialog', { name: 'Sign in on harbor' });
  return { session, platform };
}
const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const invite = () => fireEvent.click(screen.getByLabelText('I have an invitation'));
const enter = () => fireEvent.keyDown(screen.getByRole('form').querySelector('input.input')!, { key: 'Enter' });
async function byPassword() {
  await write('E-mail address', ' ana@example.org ');
  await write('Password', PASSWORD);
  await enter();
}
/** Everything that the page holds: what is written in it, what stands in its fields, and what is kept behind them. */
const held = () => [document.documentElement.outerHTML, ...[...document.querySelectorAll('input')].map((one) => one.value), ...drafts.flatMap((one) => [one.email, one.password, one.token, one.name])].join('\n');

test('focus begins at the first field, and Enter sends what was written', async () => {
  const { session, platform } = await open();
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('E-mail address')));
  await byPassword();
  await vi.waitFor(() => expect(session.signingIn, 'signed in, it closes').toBeNull());
  expect(platform.asked('connections.sign_in')).toEqual([{ connection: 'harbor', by: { password: { email: 'ana@example.org', password: PASSWORD } }, session_only: false }]);
});

test('an invitation needs a name of newcomers only, and says beforehand how long a password is', async () => {
  const { platform } = await open();
  await invite();
  expect(screen.getByLabelText('New password').getAttribute('aria-describedby'), 'said beside the field').toBe(screen.getByText(/^12 to 128 characters/).id);
  await write('Invitation', TOKEN);
  await write('New password', PASSWORD);
  await enter();
  await vi.waitFor(() => expect(platform.asked('connections.sign_in')).toEqual([{ connection: 'harbor', by: { invitation: { token: TOKEN, password: PASSWORD } }, session_only: false }]));
});

test('what is secret is gone from page and state while it is sent, and stays gone when it was refused', async () => {
  let answer: (reason: CallError) => void = () => undefined;
  await open(() => new Promise((_, reject) => (answer = reject)));
  await invite();
  await write('Invitation', TOKEN);
  await write('Your name', 'Ana');
  await write('New password', PASSWORD);
  expect([held().includes(TOKEN), held().includes(PASSWORD)], 'the search finds what is there').toEqual([true, true]);
  await enter();
  await vi.waitFor(() => expect([held().includes(TOKEN), held().includes(PASSWORD)], 'while it is under way').toEqual([false, false]));
  answer(new CallError({ code: 'invalid', message: 'It was refused.', correlationId: 'c' }));
  await screen.findByText('It was refused.');
  expect([held().includes(TOKEN), held().includes(PASSWORD), held().includes('Ana')], 'and after; what is no secret is kept').toEqual([false, false, true]);
});

test.each([
  ['email', 'E-mail address', false],
  ['password', 'Password', false],
  ['token', 'Invitation', true],
  ['name', 'Your name', true],
])('a fault of %s stands at its field and takes the reader there', async (path, label, invited) => {
  await open(refuse({ faults: [{ path, rule: 'length', message: 'it is wrong', remedy: 'Write it anew' }] }));
  if (invited) {
    await invite();
    await write('Invitation', TOKEN);
    await write('New password', PASSWORD);
    await enter();
  } else await byPassword();
  const field = await vi.waitFor(() => {
    const found = screen.getByLabelText(label);
    expect(found.getAttribute('aria-invalid')).toBe('true');
    return found;
  });
  expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toBe('It is wrong. Write it anew.');
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
  expect(screen.queryByRole('alert'), 'and nowhere else').toBeNull();
});

test('too many tries say when it may be tried again, in words that count down', async () => {
  const { session, platform } = await open(refuse({ code: 'throttled', message: 'It was tried too often.', hint: 'Wait a while.', retryAfterMs: 90_000 }));
  await byPassword();
  expect(await screen.findByText('Not yet: it may be tried again in 1m 30s.')).toBeTruthy();
  expect(screen.getByText('Wait a while.'), 'with its hint').toBeTruthy();
  session.clock.now += 60_000;
  expect(await screen.findByText('Not yet: it may be tried again in 30s.')).toBeTruthy();
  await write('Password', PASSWORD);
  await enter();
  expect(platform.asked('connections.sign_in'), 'nothing is sent meanwhile').toHaveLength(1);
  session.clock.now += 30_000;
  await vi.waitFor(() => expect(screen.queryByText(/^Not yet/), 'it may be tried again').toBeNull());
});

test('without a keychain the session is kept for this start, unless the reader says no', async () => {
  const { platform } = await open(undefined, { ...appInfo, keychain: { available: false, reason: 'It is locked.', remedy: 'Unlock it.' } });
  expect(screen.getByRole<HTMLInputElement>('checkbox').checked).toBe(true);
  await byPassword();
  await vi.waitFor(() => expect(platform.asked('connections.sign_in')).toMatchObject([{ session_only: true }]));
});

test('a password can be looked at and is hidden again', async () => {
  await open();
  const field = screen.getByLabelText<HTMLInputElement>('Password');
  const eye = screen.getByRole('button', { name: 'Show the password' });
  await fireEvent.click(eye);
  expect([field.type, eye.getAttribute('aria-pressed')]).toEqual(['text', 'true']);
  await fireEvent.click(eye);
  expect(field.type).toBe('password');
});

describe('in the browser of the system', () => {
  const PAGE = 'https://id.example/authorize?state=s1';
  const provider = async (signIn: () => unknown) => {
    const shown = vi.fn();
    vi.stubGlobal('open', shown);
    const { session, platform } = await open(signIn);
    return { session, platform, shown };
  };
  const ways = (of: string | null) => ({ 'connections.ways_in': () => ({ password: true, provider: of }), 'connections.begin_sign_in': () => ({ url: PAGE, expires_at: '2026-01-01T00:10:00.000Z' }), 'connections.give_up_sign_in': () => null });
  afterEach(() => vi.unstubAllGlobals());

  test('it opens the page of the provider, waits for it, and closes when somebody is back', async () => {
    let back: (view: unknown) => void = () => undefined;
    scripted = ways('Harbor accounts');
    const { session, platform, shown } = await provider(() => new Promise((answer) => (back = answer)));
    await fireEvent.click(await screen.findByRole('button', { name: /Sign in with Harbor accounts in the browser/ }));
    expect((await screen.findByRole('status')).textContent).toContain('Waiting for Harbor accounts');
    expect(shown.mock.calls.map(([page]) => page as string)).toEqual([PAGE]);
    const link = screen.getByRole('link', { name: 'Open the page of Harbor accounts' });
    expect([link.getAttribute('href'), document.activeElement === link], 'where a browser opens nothing by itself').toEqual([PAGE, true]);
    expect(platform.asked('connections.sign_in')).toEqual([{ connection: 'harbor', by: 'browser', session_only: false }]);
    back(connection('harbor'));
    await vi.waitFor(() => expect(session.signingIn, 'signed in, it closes').toBeNull());
    expect(platform.asked('connections.give_up_sign_in'), 'nothing is left to give up').toEqual([]);
  });

  test('cancelling ends the wait', async () => {
    scripted = ways('Harbor accounts');
    const { session, platform } = await provider(() => new Promise(() => undefined));
    await fireEvent.click(await screen.findByRole('button', { name: /Sign in with Harbor accounts in the browser/ }));
    await screen.findByRole('status');
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect([session.signingIn, platform.asked('connections.give_up_sign_in')]).toEqual([null, [{ connection: 'harbor' }]]);
  });

  test('who is not let in reads why, and may choose anew', async () => {
    scripted = ways('Harbor accounts');
    await provider(refuse({ message: 'nobody has invited this address', faults: [{ path: 'browser', rule: 'not_invited', message: 'nobody has invited this address', remedy: 'Ask for an invitation.' }] }));
    await fireEvent.click(await screen.findByRole('button', { name: /Sign in with Harbor accounts in the browser/ }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/nobody has invited this address.*Ask for an invitation/i);
    expect(screen.getByLabelText('E-mail address'), 'the other ways are there again').toBeTruthy();
  });

  test('a plane without a provider offers none', async () => {
    scripted = ways(null);
    const { platform } = await provider(() => connection('harbor'));
    await vi.waitFor(() => expect(platform.asked('connections.ways_in')).toHaveLength(1));
    expect(screen.queryByRole('button', { name: /in the browser/ })).toBeNull();
  });
});
