import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { ConnectionState, ConnectionView, Who } from '../../src/rpc/schema';
import { connection } from '../incident/around';
import { at } from '../incident/clock';
import { lumenView } from '../incident/lumen';
import { LUMEN, runs } from '../incident/runs';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';
import { Refusal } from './scripted-console';

const ana: Who = { principal: 'ana@example.org', may: [], teams: [{ id: 'tm_1', name: 'storefront', slug: 'storefront', role: 'admin', joined_at: null, subscription: null, may: null }] };
const SEEN = at('03:12:08');

let stage: Stage;
let state: ConnectionState;
const plane = (): ConnectionView => connection('flow-eu', state === 'live' ? { who: ana } : { credential: 'missing' }, state, state === 'live' ? at('03:14:21') : SEEN);
const freshness = () => ({ read_at: state === 'live' ? at('03:14:21') : SEEN, state: state === 'live' ? ('live' as const) : ('offline' as const) });

beforeEach(async () => {
  stage = await Stage.open();
  state = 'live';
  stage.console.handlers = {
    ...incident(),
    'connections.list': () => [plane()],
    'runs.get': () => ({ ...lumenView, status: 'running', ended_at: null, freshness: freshness() }),
    'runs.list': () => ({ items: runs.filter((run) => run.connection === 'flow-eu').map((run) => ({ ...run, freshness: freshness() })), next: null, matching: 1, total: 1, counts: [] }),
    'connections.sign_in': () => {
      state = 'live';
      return plane();
    },
  };
});
afterEach(() => stage.close());

const RUN = `#/runs/flow-eu/${LUMEN}`;
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || '');
function turn(to: ConnectionState): void {
  state = to;
  stage.console.emit({ type: 'resync' });
}
const cancel = (page: Page) => page.getByRole('button', { name: /^Cancel/ }).first();

test('a session that ends leaves the reader where they were, and signing in brings everything back', async () => {
  const page = await stage.page(RUN);
  await page.locator('.steps button').first().waitFor();
  await cancel(page).focus();
  const before = await focused(page);
  turn('signed_out');
  await page.getByText('You were signed out of flow-eu. Cached as of 03:12:08').waitFor();
  expect(await page.getByRole('dialog').count(), 'nothing opens by itself').toBe(0);
  expect(await cancel(page).evaluate((one) => document.activeElement === one), `still at ${before}`).toBe(true);
  expect(await cancel(page).textContent(), 'the act says the way back').toContain('you are signed out of flow-eu; sign in to act');
  expect(await page.locator('.steps button').count(), 'and everything can be read').toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Sign in on flow-eu' }).press('Enter');
  await page.getByLabel('E-mail address').waitFor();
  await page.keyboard.type('ana@example.org');
  await page.keyboard.press('Tab');
  await page.keyboard.type('four calm harbour words');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  stage.console.emit({ type: 'resync' });
  await page.getByText('You were signed out of flow-eu. Cached as of').waitFor({ state: 'detached' });
  await expect.poll(() => cancel(page).getAttribute('aria-disabled'), { message: 'acts are possible again' }).toBeNull();
  expect(await page.evaluate(() => document.activeElement !== document.body), 'the reader is somewhere').toBe(true);
  expect(await page.content(), 'nothing secret is left').not.toContain('four calm');
});

test('the dialog is left without a mouse, and the focus comes back', async () => {
  turn('signed_out');
  const page = await stage.page('#/connections');
  const opener = page.getByRole('button', { name: 'Sign in', exact: true });
  await opener.press('Enter');
  await page.getByLabel('E-mail address').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('New password').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => opener.evaluate((one) => document.activeElement === one)).toBe(true);
});

const LOOKS: [string, Look][] = [['dark', { theme: 'dark' }], ['light, 1024', { theme: 'light', width: 1024, height: 700 }], ['high contrast', { contrast: 'more' }]];
describe.each(LOOKS)('%s', (_, look) => {
  test('signing in and what is cached meanwhile are usable by everyone', async () => {
    stage.console.handlers['connections.sign_in'] = () => {
      throw new Refusal(422, { code: 'invalid', message: 'It was refused.', correlationId: 'req-1', faults: [{ path: 'password', rule: 'length', message: 'a password has 12 to 128 characters', remedy: 'Take a few words that nobody else would join.' }] });
    };
    const page = await stage.page('#/connections', look);
    await page.getByText('Signed in as ana@example.org, admin of storefront').waitFor();
    expect(await violations(page), 'who we are').toEqual([]);
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page), 'signing out everywhere').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    turn('signed_out');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page), 'by password').toEqual([]);
    await page.getByLabel('I have an invitation').check();
    await page.getByLabel('Invitation', { exact: true }).fill('bwi_1');
    await page.getByLabel('New password').fill('short');
    await page.keyboard.press('Enter');
    await page.getByText('A password has 12 to 128 characters.').waitFor();
    expect(await violations(page), 'by invitation, with a fault').toEqual([]);
    expect(await page.locator('[role=dialog] .primary, [role=dialog] [aria-disabled=true]').count(), 'one primary action').toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const [what, hash] of [['run', RUN], ['runs', '#/runs']] as const) {
      await page.goto(`${stage.origin}/${hash}`);
      await page.getByText('You were signed out of flow-eu.').waitFor();
      expect(await violations(page), `${what}, signed out`).toEqual([]);
    }
  });
});
