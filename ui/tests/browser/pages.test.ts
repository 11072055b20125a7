import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { BreakerView, ConnectionState } from '../../src/rpc/schema';
import { connection, connections } from '../incident/around';
import { breaker } from '../incident/breakers';
import { at, NOW } from '../incident/clock';
import { atlas } from '../incident/projects';
import { LUMEN } from '../incident/runs';
import { billing, keys, nofx, people, teams, told } from '../incident/teams';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';

const RUN = `#/runs/flow-eu/${LUMEN}`;
const breakers: BreakerView[] = [
  breaker({ state: 'open', cause: 'overloaded', next_probe_at: at('03:18:27'), rejections: 28, times_opened: 1 }),
  breaker({ id: 'npm', protects: 'HTTP requests to packages.example', state: 'isolated', cause: 'operator', times_opened: 1 }),
  breaker({ id: 'cohere', protects: 'The Cohere API', state: 'open', cause: 'server_error', next_probe_at: NOW, last_call_at: at('02:00:00'), times_opened: 3 }),
  ...Array.from({ length: 40 }, (_, n) => breaker({ id: `host-${n}`, protects: `HTTP requests to host-${String(n).padStart(2, '0')}.example` })),
];

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = { ...incident(), 'breakers.list': () => breakers };
});
afterEach(() => stage.close());

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');
const NAMES = ['RunView', 'Breakers', 'Readiness', 'Projects', 'Stores', 'Teams', 'Connections', 'Settings', 'FirstRun'];
/** Waits until the pages that are not on screen have been asked for, and have arrived. */
async function loaded(page: Page): Promise<void> {
  const links = () => page.evaluate(() => [...document.head.querySelectorAll('link')].map((link) => link.href));
  await expect.poll(async () => { const asked = await links(); return NAMES.filter((name) => !asked.some((one) => one.includes(`/${name}-`))); }, { message: 'every page is asked for without being visited' }).toEqual([]);
  // As text, because the test runner would exchange its own import for the page's.
  const scripts = JSON.stringify((await links()).filter((one) => one.endsWith('.js')));
  await page.evaluate(`Promise.all(${scripts}.map((one) => import(one))).then(() => null)`);
}

test('whoever goes on by keys goes on from the new page, and the title says which', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.locator('[role=row][aria-selected=true]').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  await expect.poll(() => page.evaluate(() => document.getElementById('main')?.contains(document.activeElement)), { message: 'the row is gone, the page is there' }).toBe(true);
  for (const [key, title] of [['b', 'Breakers'], ['c', 'Readiness'], ['p', 'Projects'], ['s', 'Stores'], ['m', 'Teams'], ['o', 'Connections'], ['r', 'Runs']] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect.poll(() => page.title(), { message: `${key} leads to ${title}` }).toBe(`(2) ${title} · Breakwater`);
    await expect.poll(() => focused(page), { message: `${title} has the focus` }).toBe('main');
  }
});

test('leaving a run asks for nothing that has no name', async () => {
  const page = await stage.page(RUN);
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.getByRole('grid', { name: 'Breakers' }).waitFor();
  const nameless = stage.console.calls.filter(({ request }) => typeof request === 'object' && request !== null && 'run' in request && request.run === '');
  expect(nameless, 'no view is mounted for a run that is left').toEqual([]);
});

test('pages that were never visited open while the console is not heard, with what is known', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await loaded(page);
  await page.context().setOffline(true);
  await stage.console.close();
  await page.getByText(/The console is not heard since/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.getByRole('heading', { level: 1, name: '43 breakers are not observed' }).waitFor();
  expect(await page.getByRole('status').filter({ hasText: /offline|not heard/ }).count(), 'one loss has one strip').toBe(1);
  expect(await page.getByText('Write', { exact: true }).count(), 'nothing can be written now').toBe(0);
});

test('j goes from the open breaker into the table and never out of sight', async () => {
  const page = await stage.page('#/breakers', { width: 1024, height: 700 });
  await page.getByRole('grid', { name: 'Breakers' }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'The Anthropic API, open, selected' }).waitFor();
  for (let n = 0; n < 42; n += 1) await page.keyboard.press('j');
  const last = page.getByRole('row', { selected: true });
  expect(await last.textContent(), 'the last of all').toContain('host-39.example');
  await expect.poll(() => last.evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight), { message: 'it is in sight' }).toBe(true);
});

test('the palette leads to failing runs by their filter, and to the check that was named', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  const choose = async (text: string, option: RegExp) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(text);
    await page.getByRole('option', { name: option }).first().waitFor();
    await page.getByRole('option', { name: option }).first().click();
  };
  await choose('failing', /^Failing runs/);
  await page.getByRole('tab', { name: /^Failing now/, selected: true }).waitFor();
  await choose('can work', /^The control plane can work/);
  await page.getByRole('complementary', { name: 'Evidence of The control plane can work' }).waitFor();
  expect(await focused(page), 'the focus goes along').toBe('main');
});

test.each([[1440, ''], [1440, '?check=plane.ready'], [1024, ''], [1024, '?check=plane.ready']])('at %i px, on readiness%s, what four planes answered is whole', async (width, query) => {
  const page = await stage.page(`#/readiness${query}`, { width, height: 700 });
  const strip = page.getByRole('list', { name: 'Control planes' });
  await expect.poll(() => strip.locator('.evidence').count(), { message: 'each plane answers for itself' }).toBe(8);
  const cut = await strip.locator('span').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== 'inline').map((one) => one.textContent));
  expect(cut, 'nothing is cut').toEqual([]);
  expect(await strip.getByRole('listitem').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top).every((top, _, [first]) => top === first)), 'beside each other').toBe(true);
});

test('a day that nobody watched is hatched', async () => {
  const page = await stage.page('#/readiness?check=plane.ready');
  const gap = page.getByRole('complementary').locator('.gap').first();
  await gap.waitFor();
  expect(await gap.evaluate((one) => getComputedStyle(one).backgroundImage), 'and not left empty').toContain('repeating-linear-gradient');
});

const LOOKS: [string, Look][] = [['dark, wide', {}], ['light, 1024', { theme: 'light', width: 1024, height: 700 }], ['high contrast', { contrast: 'more' }]];
const PAGES: [hash: string, ready: string][] = [['#/breakers', 'text=The Cohere API'], ['#/readiness?check=plane.ready', 'text=What was asked'], ['#/readiness?check=access.idempotency&result=open', 'text=It writes:'], ['#/readiness?result=regressed&group=Console', 'text=0 of 13 checks match'], ['#/projects', 'text=harbor-returns'], [`#/projects/${atlas.connection}/${atlas.run}`, 'text=Tasks by agent'], ['#/stores', 'text=What it waits for'], ['#/teams', 'text=Who may do what'], ['#/connections', 'text=What each one can do'], ['#/settings', 'text=Data folder'], ['#/settings', 'text=Told lately'], ['#/first-run', 'text=What to run']];

describe.each(LOOKS)('%s', (_, look) => {
  test.each<ConnectionState>(['live', 'late', 'offline'])('every page is usable by everyone, with planes that are %s', async (state) => {
    stage.console.handlers['connections.list'] = () => [...connections, nofx()].map((one) => connection(one.id, {}, state, at('03:12:08')));
    const freshness = { read_at: at('03:12:08'), state: state === 'late' ? ('stale' as const) : state === 'offline' ? state : ('live' as const) };
    Object.assign(stage.console.handlers, { 'teams.list': () => [told(teams, { freshness })], 'teams.people': () => told(people, { freshness }), 'api_keys.list': () => [told(keys, { freshness })], 'billing.get': () => told(billing, { freshness }) });
    if (state === 'offline') stage.console.handlers['breakers.list'] = () => breakers.map((one) => ({ ...one, freshness: { read_at: at('03:12:08'), state } }));
    for (const [hash, ready] of PAGES) {
      const page = await stage.page(hash, look);
      await page.locator(ready).first().waitFor();
      expect(await violations(page), `${hash} breaks no rule`).toEqual([]);
      const wider = await page.evaluate(() => [...document.querySelectorAll('html, main, .scroll, .page, .list, .rail')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className));
      expect(wider, `${hash} scrolls nowhere sideways`).toEqual([]);
      await page.context().close();
    }
  });
});
