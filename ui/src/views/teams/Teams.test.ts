import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { acts, billing, keys, nofx, people, storefront, teamCapabilities, teams, told, toldTeams } from '../../../tests/incident/teams';
import { at, NOW } from '../../../tests/incident/clock';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import { CallError } from '../../rpc/call';
import type { ConnectionView, Role } from '../../rpc/schema';
import { parseRoute } from '../../state/route.svelte';
import Teams from './Teams.svelte';

type Handlers = Record<string, (request: never) => unknown>;
const as = (role: Role): Handlers => ({ 'teams.list': () => [...toldTeams.slice(0, 3), told([{ ...storefront, role }, ...teams.slice(1)])] });

async function show(handlers: Handlers = {}, planes: ConnectionView[] = [nofx()], hash = '#/teams') {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({
    'connections.list': () => planes, 'teams.list': () => toldTeams, 'teams.people': () => told(people), 'api_keys.list': () => [told(keys)], 'billing.get': () => told(billing), 'acts.list': () => acts, ...handlers,
  }));
  session.router.route = parseRoute(hash);
  session.connections.resource.want(null, []);
  render(Teams, { context });
  await vi.waitFor(() => expect(platform.asked('acts.list').length + document.querySelectorAll('.notice').length, 'the page is there').toBeGreaterThan(0));
  return { platform, session };
}
afterEach(() => void vi.useRealTimers());

const button = (name: RegExp) => screen.findByRole('button', { name });
const press = async (name: RegExp) => fireEvent.click(await button(name));
const dialog = async () => within(await screen.findByRole('dialog'));
async function confirm(name: RegExp, reason: string) {
  const inside = await dialog();
  await fireEvent.input(inside.getByLabelText(/^Reason/), { target: { value: reason } });
  await fireEvent.click(inside.getByRole('button', { name }));
}

test('the matrix shows what each role allows, and marks us', async () => {
  await show();
  const row = async (name: RegExp) => (await screen.findByRole('row', { name })).textContent ?? '';
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toContain('7 members, 2 invitations; you are an admin');
  expect((await row(/Dana Okafor/)).match(/by role/g), 'an owner may everything').toHaveLength(4);
  expect((await row(/Mira Halvorsen/)).match(/by role/g), 'and so may an admin').toHaveLength(4);
  expect(await row(/Mira Halvorsen/)).toContain('you, mira@harbor.example');
  expect((await row(/Kenji/)).match(/by role/g)).toHaveLength(2);
  expect((await row(/priya/)).match(/by role/g), 'a viewer may look').toHaveLength(1);
});

test('an invitation is judged while it is typed and sent with its role and reason', async () => {
  const { platform } = await show({ 'teams.act': () => ({ teams: told(teams), invitation: null }) });
  await press(/^Invite 1 person in nofx-eu/);
  const inside = await dialog();
  const email = inside.getByLabelText('E-mail address');
  await fireEvent.input(email, { target: { value: 'noor@harbor.example' } });
  expect(inside.getByText('This address is invited already.')).toBeDefined();
  await confirm(/^Invite 1 person/, 'joins the night shift');
  expect(platform.asked('teams.act'), 'nothing is sent that cannot be').toEqual([]);
  await fireEvent.input(email, { target: { value: ' ada@harbor.example ' } });
  await fireEvent.click(inside.getByLabelText(/^Viewer/));
  expect(inside.getByText('an invitation of ada@harbor.example as viewer'), 'what is sent is said before').toBeDefined();
  await confirm(/^Invite 1 person/, ' joins the night shift ');
  expect(platform.asked('teams.act')).toEqual([{ connection: 'nofx-eu', act: { act: 'invite', team: 'tm_storefront', email: 'ada@harbor.example', role: 'viewer' }, reason: 'joins the night shift' }]);
});

test('a role is changed to another one, never to owner, and never the owner’s', async () => {
  const { platform } = await show({ 'teams.act': () => ({ teams: told(teams), invitation: null }) });
  expect((await button(/^Role of Dana Okafor/)).getAttribute('aria-disabled'), 'ownership is given away, not changed').toBe('true');
  await press(/^Role of Kenji Watanabe/);
  const inside = await dialog();
  expect(inside.getAllByRole('radio').map((one) => (one as HTMLInputElement).value)).toEqual(['admin', 'member', 'viewer']);
  await confirm(/^Change 1 role/, 'cover');
  expect(platform.asked('teams.act'), 'the role that they have is no change').toEqual([]);
  await fireEvent.click(inside.getByLabelText(/^Admin/));
  await confirm(/^Change 1 role/, 'cover');
  expect(platform.asked('teams.act')).toEqual([{ connection: 'nofx-eu', act: { act: 'change_role', team: 'tm_storefront', member: 'mb_kenji', role: 'admin' }, reason: 'cover' }]);
});

test.each([
  [/^Delete,?/, 'delete', /^Delete 1 team/, { act: 'delete', team: 'tm_storefront' }],
  [/^Give away/, 'give away', /^Give away 1 team/, { act: 'transfer_ownership', team: 'tm_storefront', member: 'mb_lena' }],
] as const)('%s needs the name of the team typed in', async (opener, _word, name, act) => {
  const { platform } = await show({ ...as('owner'), 'teams.act': () => ({ teams: told(teams), invitation: null }) });
  await screen.findByRole('row', { name: /Lena Fischer/ });
  await press(opener);
  const inside = await dialog();
  if (act.act === 'transfer_ownership') await fireEvent.change(inside.getByLabelText('To whom'), { target: { value: 'mb_lena' } });
  await confirm(name, 'merged');
  await fireEvent.input(inside.getByLabelText(/^Type/), { target: { value: 'storefron' } });
  await confirm(name, 'merged');
  expect(platform.asked('teams.act'), 'not without the whole name').toEqual([]);
  await fireEvent.input(inside.getByLabelText(/^Type/), { target: { value: 'storefront' } });
  await confirm(name, 'merged');
  expect(platform.asked('teams.act')).toEqual([{ connection: 'nofx-eu', act, reason: 'merged' }]);
});

test('what our role does not allow is there and says for whom it is', async () => {
  await show(as('member'));
  await screen.findByRole('row', { name: /Lena Fischer/ });
  expect((await button(/^Invite 1 person/)).getAttribute('title')).toBe('Only an owner or admin may invite; you are a member');
  expect((await button(/^Role of Kenji/)).getAttribute('title')).toBe('Only an owner or admin may change a role; you are a member');
  expect((await button(/^Remove Kenji/)).getAttribute('aria-disabled')).toBe('true');
  expect((await button(/^Take back the invitation of noor/)).getAttribute('aria-disabled')).toBe('true');
  expect((await button(/^Leave storefront/)).getAttribute('aria-disabled'), 'whoever may not change it may leave it').toBeNull();
  expect((await button(/^Make 1 key/)).getAttribute('aria-disabled'), 'keys are ours, whatever the team says').toBeNull();
});

test.each([
  ['read-only', nofx({ read_only: true }), 'nofx-eu is read-only; Connections unlocks it'],
  ['offline', nofx({}, 'offline'), 'nofx-eu is offline; it is possible again once it answers'],
  ['without the capability', nofx({}, 'polled', teamCapabilities.map((one) => ({ ...one, availability: 'no' as const, reason: 'this dialect has none' }))), 'this dialect has none'],
])('a plane that is %s says so on every act', async (_, plane, reason) => {
  await show({}, [plane]);
  await screen.findByRole('row', { name: /Lena Fischer/ });
  for (const name of [/^Invite 1 person/, /^Rename/, /^Make 1 team/, /^Role of Kenji/, /^Remove Kenji/, /^Leave/, /^Take back the invitation of noor/, /^Make 1 key/, /^Revoke svc-ci/, /^Subscribe/, /^Payments/, /^Cancel/]) {
    expect((await button(name)).getAttribute('title'), `${name}`).toBe(reason);
  }
});

test('a refusal stays in the dialog with its field, its remedy and its request', async () => {
  const wire = { code: 'invalid', message: 'The input is not valid.', correlationId: 'req-77', faults: [{ path: 'act.email', rule: 'taken', message: 'this person was removed before', remedy: 'Ask the owner.' }] };
  await show({ 'teams.act': () => { throw new CallError(wire); } });
  await press(/^Remove Kenji/);
  await confirm(/^Remove 1 member/, 'left us');
  const alert = (await within(await screen.findByRole('dialog')).findByRole('alert')).textContent ?? '';
  for (const part of ['act.email', 'Ask the owner.', 'req-77']) expect(alert).toContain(part);
});

test('what becomes impossible while a dialog is open is not sent', async () => {
  let plane = nofx();
  const { platform, session } = await show({ 'teams.act': () => ({ teams: told(teams), invitation: null }), 'connections.list': () => [plane] });
  await press(/^Remove Kenji/);
  await dialog();
  plane = nofx({ read_only: true });
  session.connections.resource.refetch();
  await screen.findByText('Not yet: nofx-eu is read-only; Connections unlocks it.');
  await confirm(/^Remove 1 member/, 'left us');
  expect(platform.asked('teams.act')).toEqual([]);
});

test('a key is made for what was chosen, and what becomes of the old one is said before', async () => {
  const { platform } = await show({ 'api_keys.create': () => ({ keys: told(keys), secret: null }) });
  expect((await screen.findByText(/^NOFX keeps what a key was made for/)).tagName, 'a plane that does not heed it is named').toBe('P');
  await press(/^Make 1 key/);
  const inside = await dialog();
  expect(inside.getByText(/shown to nobody.*replaced here but not revoked/s)).toBeDefined();
  await fireEvent.input(inside.getByLabelText('Name'), { target: { value: 'night shift' } });
  await fireEvent.click(inside.getByLabelText(/^read/));
  await confirm(/^Make 1 key/, 'the old one ends');
  expect(platform.asked('api_keys.create'), 'a key for nothing is not made').toEqual([]);
  await fireEvent.click(inside.getByLabelText(/^delete/));
  await fireEvent.click(inside.getByLabelText(/^read/));
  await confirm(/^Make 1 key/, 'the old one ends');
  expect(platform.asked('api_keys.create'), 'in the order of what they allow').toEqual([{ connection: 'nofx-eu', name: 'night shift', permissions: ['read', 'delete'], purpose: 'this_console', reason: 'the old one ends' }]);
});

test('a page that comes back is a link with its host, and what is no web page is none', async () => {
  let page = 'https://billing.stripe.com/p/session/1';
  await show({ 'billing.act': () => ({ page, billing: told(billing) }) });
  await press(/^Payments/);
  await confirm(/^Ask for 1 page/, 'a new card');
  const link = await screen.findByRole('link', { name: 'billing.stripe.com' });
  expect([link.getAttribute('href'), link.getAttribute('target'), link.getAttribute('rel')]).toEqual([page, '_blank', 'noreferrer noopener']);
  page = 'javascript:alert(1)';
  await press(/^Subscribe/);
  await confirm(/^Ask for 1 checkout/, 'more runs');
  await screen.findByText(/an address that is no web page/);
  expect(document.querySelector('a[href^="javascript"]')).toBeNull();
});

test('usage is measured in numbers, and a limit that is none or not told is said', async () => {
  await show();
  for (const words of ['1,012 of 1,000', 'over by 12', '7, unlimited', '12.25, limit not told']) expect(await screen.findByText(words)).toBeDefined();
  expect((await button(/^Resume/)).getAttribute('title')).toBe('nothing is cancelled');
});

test('the audit is evidence with milliseconds, and a filter without a match says how much it hides', async () => {
  await show({ 'acts.list': () => acts.filter((act) => act.action !== 'open_checkout') });
  expect((await screen.findByText('03:11:48.220')).getAttribute('datetime')).toBe(at('03:11:48.220'));
  expect(screen.getByText('Not done: forbidden')).toBeDefined();
  await press(/^Plan$/);
  expect(await screen.findByText('0 of 4 acts match')).toBeDefined();
});

test('planes without teams are named with their reason', async () => {
  await show();
  expect((await screen.findByText(/^Without teams/)).textContent).toContain('stores-eu, a store platform knows no users; projects-eu, FuzzyLlama offers no way');
});

test('a team that is not ours any more is not exchanged for another', async () => {
  const { platform } = await show({}, [nofx()], '#/teams/nofx-eu/tm_gone');
  expect((await screen.findByText('You are in no such team')).tagName).toBeDefined();
  expect(platform.asked('teams.people')).toEqual([]);
});

test('without a plane that has teams the page says where they come from, and why the others have none', async () => {
  await show({ 'teams.list': () => toldTeams.slice(0, 3) });
  await screen.findByText('No control plane here has teams');
  expect(screen.getByText(/^Without teams/).textContent).toContain('flow-eu, this plane has no teams');
});

test('what was last read is told in the past tense, with its age', async () => {
  const seen = { read_at: at('03:02:10'), state: 'offline' as const };
  await show({ 'teams.list': () => [told(teams, { freshness: seen })], 'teams.people': () => told(people, { freshness: seen }) }, [nofx({}, 'offline')]);
  await vi.waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('7 members, 2 invitations when last seen; you were an admin'));
  expect(screen.getByText(/^nofx-eu is offline. Cached as of/).textContent).toContain('03:02:10');
  expect(screen.getAllByText(/12m 12s old/).length).toBeGreaterThan(0);
});

test('people who cannot be read say why, and the rest of the page stays', async () => {
  const error = { code: 'forbidden', message: 'nofx-eu does not let us read this team.', hint: 'Ask its owner.', correlationId: 'req-9' };
  await show({ 'teams.people': () => told(null, { error }) });
  expect((await screen.findByText(error.message)).closest('[role=alert]')?.textContent).toContain('req-9');
  expect(screen.queryByText('Who may do what')).toBeNull();
  expect(await screen.findByText('API keys')).toBeDefined();
});

test('what no event tells of is asked again every 15 seconds, as long as somebody looks', async () => {
  vi.useFakeTimers({ now: Date.parse(NOW) });
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [nofx()], 'teams.list': () => toldTeams, 'teams.people': () => told(people), 'api_keys.list': () => [told(keys)], 'billing.get': () => told(billing), 'acts.list': () => acts }));
  session.connections.resource.want(null, []);
  const { unmount } = render(Teams, { context });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(platform.asked('teams.people'), 'once').toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15_000);
  for (const command of ['teams.list', 'teams.people', 'api_keys.list', 'billing.get'] as const) expect(platform.asked(command), `${command} again`).toHaveLength(2);
  unmount();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(platform.asked('teams.list'), 'nobody looks').toHaveLength(2);
});
