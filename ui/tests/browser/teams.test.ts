import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { audit, own, ownBill, ownKeys, ownPeople, toldOwn } from '../incident/own-teams';
import { acts, billing, people, storefront, teams, told, toldTeams } from '../incident/teams';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = { ...incident(), 'teams.list': () => [...toldTeams.slice(0, 3), told([{ ...storefront, role: 'owner' }, ...teams.slice(1)])], 'teams.act': () => ({ teams: told(teams), invitation: null }), 'billing.act': () => ({ page: 'https://billing.stripe.com/p/session/1', billing: told(billing) }) };
});
afterEach(() => stage.close());

const open = async (look: Look = {}, hash = '#/teams'): Promise<Page> => {
  const page = await stage.page(hash, look);
  await page.getByRole('row', { name: /Kenji/ }).waitFor();
  return page;
};
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');
const sent = (command: string) => stage.console.calls.filter((call) => call.command === command).map((call) => call.request);

test('a role is changed without a mouse, and the focus comes back to where it was', async () => {
  const page = await open();
  await page.keyboard.press('j');
  expect(await focused(page), 'the first member').toBe('Role of Dana Okafor: Owner');
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Role of Kenji Watanabe' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page), { message: 'nothing was sent, and the reader is where they were' }).toBe('Role of Kenji Watanabe: Member');
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: /^Member/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('day shift only');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => sent('teams.act'), { message: 'sent once, with its reason' }).toEqual([{ connection: 'nofx-eu', act: { act: 'change_role', team: 'tm_storefront', member: 'mb_kenji', role: 'viewer' }, reason: 'day shift only' }]);
});

test('the keys lead here, and a link to another team leads to that one', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { level: 1, name: /^storefront/ }).waitFor();
  await page.getByRole('link', { name: 'growth' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /^growth/ }).waitFor();
  expect(await page.title(), 'the window says which').toBe('(2) growth · Teams · Breakwater');
  expect(await page.getByRole('link', { name: 'growth' }).getAttribute('aria-current')).toBe('page');
  await page.keyboard.press('i');
  expect(await page.getByRole('dialog').count(), 'a member of that team invites nobody').toBe(0);
  await page.keyboard.press('[');
  await page.getByRole('heading', { level: 1, name: /^storefront/ }).waitFor();
});

test('a page that comes back of an act is announced and reached by keys', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Payments' }).press('Enter');
  await page.getByLabel(/^Reason/).fill('a new card');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('status').filter({ hasText: 'billing.stripe.com' }).waitFor();
  expect(await page.getByRole('link', { name: 'billing.stripe.com' }).getAttribute('rel')).toBe('noreferrer noopener');
});

/** The same teams on a plane of our own, which keeps permissions of single members, keys that end and an audit. */
function ownPlane(): void {
  const before = stage.console.handlers;
  stage.console.handlers = {
    ...before, 'connections.list': () => [own()], 'teams.list': () => [toldOwn(teams)], 'teams.people': ({ team }) => toldOwn({ ...ownPeople, team }), 'api_keys.list': () => [toldOwn(ownKeys)], 'billing.get': () => toldOwn(ownBill),
    'acts.list': () => acts.map((one) => ({ ...one, connection: 'harbor' })), 'audit.list': () => toldOwn(audit), 'audit.verify': () => ({ whole: true, entries: 1_284, broken: null, head: '9f86d081884c7d659a2feaa0c55ad015', lost: 0 }),
    'teams.act': ({ act }) => ({ teams: toldOwn(teams), invitation: act.act === 'invite' ? 'bwi_4kQ9vTz7mX2rPq8LwYb3' : null }),
    'api_keys.create': () => ({ keys: toldOwn(ownKeys), secret: 'bwk_5f2c_0aXw3Qv7' }),
  };
}

test('permissions are changed without a mouse, and an invitation is handed over without one', async () => {
  ownPlane();
  const page = await open();
  await page.getByRole('button', { name: 'Permissions of Tomás Rivas' }).press('Enter');
  await page.getByRole('dialog', { name: 'Permissions of Tomás Rivas' }).waitFor();
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value), 'the first that can be ticked').toBe('read');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.getByLabel(/^Reason/).fill('leave of absence');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('i');
  await page.getByLabel('E-mail address').fill('ada@harbor.example');
  await page.getByLabel(/^Reason/).fill('joins');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.value ?? ''), { message: 'the reader is led to it' }).toBe('bwi_4kQ9vTz7mX2rPq8LwYb3');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Hand this over once').waitFor({ state: 'detached' });
  expect(await page.content(), 'and it is forgotten').not.toContain('bwi_4kQ9');
  expect(sent('teams.act').map((one) => (one as { act: unknown }).act)).toEqual([
    { act: 'set_permissions', team: 'tm_storefront', member: 'mb_tomas', permissions: ['read'] },
    { act: 'invite', team: 'tm_storefront', email: 'ada@harbor.example', role: 'member' },
  ]);
});

const LOOKS: [string, Look][] = [['dark', { theme: 'dark' }], ['light, 1024', { theme: 'light', width: 1024, height: 700 }], ['high contrast', { contrast: 'more' }]];
const DIALOGS: [string, RegExp][] = [['delete', /^Delete$/], ['give away', /^Give away$/], ['make a team', /^Make 1 team/], ['subscribe', /^Subscribe/], ['cancel', /^Cancel$/], ['revoke', /^Revoke svc-ci/], ['remove', /^Remove Kenji/], ['take back', /^Take back the invitation of sam/]];

describe.each(LOOKS)('%s', (_, look) => {
  test('every dialog is usable by everyone', async () => {
    const page = await open(look);
    for (const [name, opener] of DIALOGS) {
      await page.getByRole('button', { name: opener }).first().click();
      await page.getByRole('dialog').waitFor();
      expect(await violations(page), `${name} breaks no rule`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  test('what a plane of our own tells is usable by everyone', async () => {
    ownPlane();
    const page = await open(look);
    await page.getByText('Refused: forbidden, 12 times').waitFor();
    await page.getByRole('button', { name: 'Verify the chain of the audit' }).click();
    await page.locator('.chain', { hasText: 'chain whole' }).waitFor();
    expect(await violations(page), 'the page breaks no rule').toEqual([]);
    for (const opener of [/^Permissions of Kenji/, /^Resend the invitation of sam.ito/, /^Make 1 key/]) {
      await page.getByRole('button', { name: opener }).click();
      await page.getByRole('dialog').waitFor();
      expect(await violations(page), `${opener.source} breaks no rule`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: /^Resend the invitation of sam.ito/ }).click();
    await page.getByLabel(/^Reason/).fill('lost the first');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Hand this over once').waitFor();
    expect(await violations(page), 'what is handed over breaks no rule').toEqual([]);
    const wider = await page.evaluate(() => [...document.querySelectorAll('html, main, h1, .page, .panel, table')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className));
    expect(wider, 'nothing scrolls sideways').toEqual([]);
  });

  test('a large team with long names stays within the window', async () => {
    const long = 'x'.repeat(90);
    stage.console.handlers['teams.list'] = () => [told([{ ...storefront, name: long }, ...Array.from({ length: 30 }, (_, n) => ({ ...storefront, id: `tm_${n}`, name: `team-${n}` }))])];
    stage.console.handlers['teams.people'] = () => told({ ...people, members: Array.from({ length: 60 }, (_, n) => ({ ...people.members[3]!, id: `mb_${n}`, name: n % 2 ? `Kenji ${long}` : 'Kenji', email: `${long}@harbor.example` })) });
    const page = await stage.page('#/teams', look);
    await page.getByRole('row', { name: /Kenji/ }).first().waitFor();
    expect(await violations(page), 'and breaks no rule').toEqual([]);
    const wider = await page.evaluate(() => [...document.querySelectorAll('html, main, h1, .page, .panel')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className));
    expect(wider, 'nothing scrolls sideways').toEqual([]);
  });
});
