import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { at, NOW } from '../../../tests/incident/clock';
import { audit, OWN, own, ownBill, ownKeys, ownPeople, toldOwn } from '../../../tests/incident/own-teams';
import { nofx, people, storefront, teams, told } from '../../../tests/incident/teams';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import { CallError } from '../../rpc/call';
import type { AuditState, ConnectionView, Role } from '../../rpc/schema';
import { parseRoute } from '../../state/route.svelte';
import Teams from './Teams.svelte';

type Handlers = Record<string, (request: never) => unknown>;
const INVITATION = 'bwi_4kQ9vTz7-mira-never-again';
const SECRET = 'bwk_5f2c_0aXw3-never-again';
const chain: AuditState = { whole: true, entries: 1_284, broken: null, head: '9f86d081884c7d659a2feaa0c55ad015', lost: 0 };
const as = (role: Role): Handlers => ({ 'teams.list': () => [toldOwn([{ ...storefront, role }, ...teams.slice(1)])] });

async function show(handlers: Handlers = {}, plane: ConnectionView = own(), hash = '#/teams', row = /Lena Fischer/) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({
    'connections.list': () => [plane], 'teams.list': () => [toldOwn(teams)], 'teams.people': () => toldOwn(ownPeople), 'api_keys.list': () => [toldOwn(ownKeys)], 'billing.get': () => toldOwn(ownBill), 'acts.list': () => [], 'audit.list': () => toldOwn(audit), 'audit.verify': () => chain, ...handlers,
  }));
  session.router.route = parseRoute(hash);
  session.connections.resource.want(null, []);
  const { unmount } = render(Teams, { context });
  await screen.findByRole('row', { name: row });
  return { platform, session, unmount };
}

const button = (name: RegExp) => screen.findByRole('button', { name });
const press = async (name: RegExp) => fireEvent.click(await button(name));
const dialog = async () => within(await screen.findByRole('dialog'));
async function confirm(name: RegExp, reason: string) {
  const inside = await dialog();
  await fireEvent.input(inside.getByLabelText(/^Reason/), { target: { value: reason } });
  await fireEvent.click(inside.getByRole('button', { name }));
}
/** Everything that a reader, a page or a cache could still find of it. */
function found(secret: string, session: Awaited<ReturnType<typeof show>>['session'], asked: string[]): string[] {
  const fields = [...document.querySelectorAll('input, textarea')].map((one) => (one as HTMLInputElement).value);
  session.hearing.lostAt = Date.parse(NOW);
  const kept = asked.map((question) => JSON.stringify(session.hearing.recall(question) ?? null));
  session.hearing.lostAt = null;
  const seen = new Set<unknown>();
  const walk = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (value === null || typeof value !== 'object' || seen.has(value) || value instanceof Node) return [];
    seen.add(value);
    // What a class keeps as state is read through its getters.
    const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value) ?? {})).flatMap(([name, { get }]) => (get && name !== '__proto__' ? [(value as Record<string, unknown>)[name]] : []));
    return [...Object.values(value), ...getters].flatMap(walk);
  };
  return [document.documentElement.outerHTML, location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage), ...fields, ...kept, ...walk(session)].filter((text) => text.includes(secret));
}

test('what was granted to one member, or taken away, is told against the role', async () => {
  await show();
  const cells = [...(await screen.findByRole('row', { name: /Kenji/ })).querySelectorAll('.cell')].map((cell) => cell.textContent?.trim());
  expect(cells).toEqual(['by role', 'taken away', 'granted', 'no']);
});

test('permissions are set for one member with a reason, and what the role allows is not set', async () => {
  const { platform } = await show({ 'teams.act': () => ({ teams: toldOwn(teams), invitation: null }) });
  await press(/^Permissions of Kenji/);
  const inside = await dialog();
  await confirm(/^Change 1 member/, 'cover');
  expect(platform.asked('teams.act'), 'it is what they may do now').toEqual([]);
  await fireEvent.click(inside.getByLabelText(/^delete/));
  await fireEvent.click(inside.getByLabelText(/^admin/));
  expect(inside.getByText('read, admin, whatever the role allows'), 'what is sent is said before').toBeDefined();
  await confirm(/^Change 1 member/, 'cover');
  await fireEvent.click(await button(/^Permissions of Kenji/));
  await fireEvent.click((await dialog()).getByRole('button', { name: /^As the role allows/ }));
  await confirm(/^Change 1 member/, 'over');
  expect(platform.asked('teams.act')).toEqual([
    { connection: OWN, act: { act: 'set_permissions', team: 'tm_storefront', member: 'mb_kenji', permissions: ['read', 'admin'] }, reason: 'cover' },
    { connection: OWN, act: { act: 'set_permissions', team: 'tm_storefront', member: 'mb_kenji' }, reason: 'over' },
  ]);
});

test('nobody gives what they do not hold, and nobody decides over whoever may more', async () => {
  const mine = { ...ownPeople, members: ownPeople.members.map((one) => (one.is_us ? { ...one, permissions: ['read', 'write', 'admin'] as const } : one)) };
  await show({ 'teams.people': () => toldOwn(mine) });
  expect((await button(/^Permissions of Lena/)).getAttribute('title')).toBe('They may delete, and you may not');
  await press(/^Permissions of Tomás/);
  expect(((await dialog()).getByLabelText(/^delete/) as HTMLInputElement).disabled).toBe(true);
});

test('a plane that sets nothing for single members says so', async () => {
  await show({ 'teams.list': () => [told(teams)], 'teams.people': () => told(people), 'audit.list': () => told(null) }, nofx());
  expect((await button(/^Permissions of Kenji/)).getAttribute('title')).toContain('what the role allows, and nothing else');
  expect((await button(/^Resend the invitation of noor/)).getAttribute('title')).toContain('only after its invitation is taken back');
});

test('an invitation is told once, is handed over, and is nowhere after that', async () => {
  const clipboard = vi.fn().mockResolvedValue(undefined);
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: clipboard }, configurable: true });
  const ada = { id: 'iv_ada', email: 'ada@harbor.example', role: 'member' as const, created_at: NOW, expires_at: '2026-08-29T03:14:22.000Z' };
  let invited = ownPeople;
  const { platform, session } = await show({ 'teams.people': () => toldOwn(invited), 'teams.act': () => { invited = { ...ownPeople, invitations: [ada] }; return { teams: toldOwn(teams), invitation: INVITATION }; } });
  await press(/^Invite 1 person in harbor/);
  await fireEvent.input((await dialog()).getByLabelText('E-mail address'), { target: { value: 'ada@harbor.example' } });
  expect((await dialog()).getByText(/writes to nobody/), 'nobody waits for a letter').toBeDefined();
  await confirm(/^Invite 1 person/, 'joins');
  const field = (await screen.findByLabelText('Invitation of ada@harbor.example')) as HTMLInputElement;
  expect(field.value).toBe(INVITATION);
  const words = (await screen.findByText(/It is open until/)).textContent ?? '';
  for (const part of ['never shown again', '29 Aug 03:14:22 UTC', 'connect a plane at the address where harbor listens, sign in on it and choose "I have an invitation"']) expect(words).toContain(part);
  await vi.waitFor(() => expect(document.activeElement, 'the reader is led to it').toBe(field));
  await press(/^Copy$/);
  expect(clipboard).toHaveBeenCalledWith(INVITATION);
  const asked = platform.calls.map(({ command, request }) => `${command} ${JSON.stringify(request)}`);
  expect(found(INVITATION, session, asked), 'it is there while it is open').not.toEqual([]);
  await press(/^Close and forget/);
  expect(screen.queryByText('Hand this over once')).toBeNull();
  expect(found(INVITATION, session, asked), 'nowhere').toEqual([]);
  Reflect.deleteProperty(navigator, 'clipboard');
});

test('a team without members says why its reader may act for it', async () => {
  await show({ 'teams.people': () => toldOwn({ members: [], invitations: [] }) }, own(), '#/teams', /Nobody is a member yet/);
  expect((await button(/^Invite 1 person/)).getAttribute('aria-disabled')).toBeNull();
});

test.each([
  ['nobody of the plane', [], 'Only somebody who may change harbor itself may make a team there'],
  ['a reader of the plane', ['read'], 'Only somebody who may change harbor itself may make a team there'],
  ['whoever looks after it', ['read', 'write'], null],
] as const)('%s makes a team, or is told who may', async (_, may, reason) => {
  await show({}, own({ who: { principal: 'ana@example.org', may: [...may], teams } }));
  expect((await button(/^Make 1 team/)).getAttribute('title')).toBe(reason);
});

test('whoever is invited is invited again, in the same role', async () => {
  const { platform } = await show({ 'teams.act': () => ({ teams: toldOwn(teams), invitation: INVITATION }) });
  await press(/^Resend the invitation of sam.ito/);
  expect((await dialog()).getByText(/The one from before no longer lets anybody in/)).toBeDefined();
  await confirm(/^Invite 1 person/, 'lost the first');
  expect(platform.asked('teams.act')).toEqual([{ connection: OWN, act: { act: 'invite', team: 'tm_storefront', email: 'sam.ito@harbor.example', role: 'viewer' }, reason: 'lost the first' }]);
  expect(await screen.findByText('Hand this over once')).toBeDefined();
});

test('keys say whose they are, how they begin and when they end; one without an end stands out', async () => {
  await show();
  const row = async (name: string) => (await screen.findByRole('button', { name: `Revoke ${name}` })).closest('li');
  expect((await row('svc-ci'))?.textContent).toMatch(/bwk_5f2c….*read, write in storefront.*ends in 58 days/);
  const watch = await row('night watch');
  expect(watch?.textContent).toMatch(/every team.*does not end/);
  expect(watch?.querySelector('.tone-waiting')?.textContent).toBe('does not end');
});

test('a key for another program is made for a team and a time, and handed over once', async () => {
  const { platform, session } = await show({ 'api_keys.create': () => ({ keys: toldOwn(ownKeys), secret: SECRET }) });
  await press(/^Make 1 key/);
  const inside = await dialog();
  await fireEvent.click(inside.getByLabelText(/^Another program/));
  await fireEvent.input(inside.getByLabelText('Name'), { target: { value: 'deploy' } });
  expect([...(inside.getByLabelText('For which team') as HTMLSelectElement).options].map((one) => one.text), 'only where we decide').toEqual(['storefront', 'platform']);
  await fireEvent.click(inside.getByLabelText(/^write/));
  await fireEvent.click(inside.getByRole('button', { name: '30 days' }));
  expect(inside.getByText('the name "deploy", for read, write in storefront; it ends on 21 Sep'), 'what is sent is said before').toBeDefined();
  await confirm(/^Make 1 key/, 'the build server');
  expect(platform.asked('api_keys.create')).toEqual([{ connection: OWN, name: 'deploy', permissions: ['read', 'write'], team: 'tm_storefront', expires_at: '2026-09-21T03:14:22.000Z', purpose: 'another_program', reason: 'the build server' }]);
  expect(((await screen.findByLabelText('Key deploy')) as HTMLInputElement).value).toBe(SECRET);
  const asked = platform.calls.map(({ command, request }) => `${command} ${JSON.stringify(request)}`);
  await press(/^Close and forget/);
  expect(found(SECRET, session, asked)).toEqual([]);
});

test('a key that never ends is said to, and one for the console is handed to nobody', async () => {
  const { platform } = await show({ 'api_keys.create': () => ({ keys: toldOwn(ownKeys), secret: null }) });
  await press(/^Make 1 key/);
  const inside = await dialog();
  await fireEvent.click(inside.getByRole('button', { name: 'Never' }));
  expect(inside.getByText('it does not end').className).toContain('tone-waiting');
  await fireEvent.input(inside.getByLabelText('Name'), { target: { value: 'laptop' } });
  await confirm(/^Make 1 key/, 'mine');
  await vi.waitFor(() => expect(platform.asked('api_keys.create')).toEqual([{ connection: OWN, name: 'laptop', permissions: ['read'], team: 'tm_storefront', purpose: 'this_console', reason: 'mine' }]));
  expect(screen.queryByText('Hand this over once')).toBeNull();
});

test('the audit of the plane is evidence: when, who, what, why, what came of it', async () => {
  const { platform } = await show();
  const row = (await screen.findByText('03:10:05.871')).closest('li');
  expect(row?.querySelector('time')?.getAttribute('datetime')).toBe(at('03:10:05.871'));
  expect(row?.textContent).toMatch(/mira@harbor.example changed the role of priya@harbor.example.*viewer → member, "night shift cover".*Done/s);
  expect((await screen.findByText('Refused: forbidden, 12 times')).closest('li')?.textContent).toContain('tried to cancel run_8c2b4266');
  expect(screen.getByRole('link', { name: 'codegen of run_8c41d07e' }).getAttribute('href')).toBe('#/runs/harbor/run_8c41d07e');
  await press(/^Roles$/);
  expect(screen.queryByText('Refused: forbidden, 12 times')).toBeNull();
  expect(platform.asked('audit.list')[0]).toEqual({ connection: OWN, team: 'tm_storefront' });
  expect(screen.getByText('Done from this console'), 'what was done from here stays beside it').toBeDefined();
});

test('a chain is verified when somebody asks, and says what was found', async () => {
  let state = chain;
  const { platform } = await show({ 'audit.verify': () => state });
  expect(platform.asked('audit.verify'), 'it is dear: nobody asked yet').toEqual([]);
  await press(/^Verify the chain/);
  expect(await screen.findByText('chain whole, 1,284 entries, head 9f86d081884c')).toBeDefined();
  state = { ...chain, whole: false, broken: 'entry 412 was edited, or is not the one that stood there', lost: 2 };
  await press(/^Verify the chain/);
  expect((await screen.findByText(/^chain broken: entry 412 was edited/)).closest('.tone-failed')).not.toBeNull();
  expect(screen.getByText('2 acts could not be recorded since the last entry')).toBeDefined();
});

test('whoever may not verify the chain is told who may', async () => {
  await show({ 'audit.verify': () => { throw new CallError({ code: 'forbidden', message: 'No.', correlationId: 'req-3' }); } });
  await press(/^Verify the chain/);
  expect((await screen.findByText(/^Only the operator of the plane/)).textContent).toContain('req-3');
});

test('whoever may not read the audit is told who may, and the plane is not asked', async () => {
  const { platform } = await show(as('member'));
  expect((await screen.findByText(/^Only an owner or admin may read the audit; you are a member/)).textContent).toContain('Here these are Dana Okafor, Lena Fischer.');
  expect(platform.asked('audit.list')).toEqual([]);
  expect((await button(/^Make 1 key/)).getAttribute('aria-disabled'), 'platform is ours').toBeNull();
});

test('a plane that refuses the audit after all says so too', async () => {
  await show({ 'audit.list': () => toldOwn(null, { error: { code: 'forbidden', message: 'No.', correlationId: 'req-4' } }) });
  expect(await screen.findByText(/^Only an owner or admin may read the audit\./)).toBeDefined();
});

test('without a team that we decide in, no key can be made', async () => {
  await show({ 'teams.list': () => [toldOwn([{ ...storefront, role: 'viewer' }])] });
  expect((await button(/^Make 1 key/)).getAttribute('title')).toBe('Only an owner or admin may make or revoke a key; you are a viewer');
});

test('a plane without an audit shows what was done from here, and why no more', async () => {
  const plane = nofx({}, 'polled', [...nofx().status.capabilities, { action: 'audit', availability: 'no', reason: 'NOFX writes down what is done in a team and offers no way to read it' }]);
  const { platform } = await show({ 'teams.list': () => [told(teams)], 'teams.people': () => told(people) }, plane);
  expect((await screen.findByText(/^What others do is not told here/)).textContent).toContain('offers no way to read it.');
  expect(platform.asked('audit.list')).toEqual([]);
});

test('a plane with no key for Stripe tells what was used, says that it has none and what to do, and offers nothing to pay for', async () => {
  const { platform } = await show();
  const plan = within((await screen.findByRole('heading', { name: 'Plan and usage' })).closest('section') as HTMLElement);
  for (const words of ['412, limit not told', '4.93, limit not told', 'Anthropic claude-sonnet-4-5: cost USD', /This plane has no key for Stripe.*\[billing\.stripe\] in plane\.toml/]) expect((await plan.findAllByText(words)).length, String(words)).toBeGreaterThan(0);
  expect(plan.getByText('Subscription').nextElementSibling?.textContent).toBe('none');
  for (const [name, why] of [['Subscribe', 'its plane names no plan'], ['Payments', 'there is nothing to pay for'], ['Cancel', 'there is no subscription'], ['Resume', 'nothing is cancelled']] as const) expect(plan.getByRole('button', { name: new RegExp(`^${name}`) }).getAttribute('title'), name).toBe(why);
  expect(platform.asked('billing.get'), 'the bill of the team on screen').toEqual([{ connection: OWN, team: storefront.id }]);
});

test('what is done about a plan concerns the team on screen, and takes the permission to decide in it', async () => {
  const plans = { ...ownBill, trouble: null, plans: [{ price: 'price_pro', name: 'Professional', amount: 4_900, currency: 'eur', interval: 'month' }] };
  const { platform } = await show({ 'billing.get': () => toldOwn(plans), 'billing.act': () => ({ page: null, billing: toldOwn(plans) }) });
  await press(/^Subscribe/);
  expect((await dialog()).getByText(/the team storefront/), 'it says whose').toBeTruthy();
  await confirm(/^Ask for 1 checkout/, 'more runs');
  expect(platform.asked('billing.act')).toEqual([{ connection: OWN, team: storefront.id, act: { act: 'checkout', price: 'price_pro' }, reason: 'more runs' }]);
});

test('who decides nothing in a team changes no plan of it', async () => {
  const plans = { ...ownBill, trouble: null, plans: [{ price: 'price_pro', name: 'Professional', amount: 4_900, currency: 'eur', interval: 'month' }] };
  await show({ ...as('viewer'), 'billing.get': () => toldOwn(plans) });
  expect((await button(/^Subscribe/)).getAttribute('title')).toBe('Only an owner or admin may change its plan; you are a viewer');
});
