/** Acts on a breaker in a real browser: the dialog of a reset and the card that follows it, in every look. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { breakers } from '../incident/around';
import { told } from '../incident/teams';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(() => {
  stage.console.handlers = incident();
});
afterAll(() => stage.close());

const LOOKS: [string, Look][] = [
  ['dark, wide', { theme: 'dark' }],
  ['light, 1024', { theme: 'light', width: 1024, height: 700 }],
  ['high contrast, dark', { theme: 'dark', contrast: 'more' }],
  ['high contrast, light, 1024', { theme: 'light', contrast: 'more', width: 1024, height: 700 }],
];

async function ask(look: Look): Promise<Page> {
  const page = await stage.page('#/breakers', look);
  await page.getByRole('region', { name: /anthropic, open/ }).waitFor();
  await page.keyboard.press('Shift+R');
  await page.getByRole('dialog').getByText('Has failed').waitFor();
  return page;
}
/** By how much the window or anything that scrolls would have to be moved sideways. */
const wider = (page: Page) => page.evaluate(() => Math.max(...[...document.querySelectorAll('html, [role=dialog], [role=dialog] *, aside')].filter((one) => one.tagName === 'HTML' || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).map((one) => one.scrollWidth - one.clientWidth)));

describe.each(LOOKS)('%s', (_, look) => {
  test('a reset is asked for with its foresight and its receipt, and can be left by one key', async () => {
    const sent = () => stage.console.calls.filter((call) => call.command === 'breakers.act').length;
    const before = sent();
    const page = await ask(look);
    const dialog = page.getByRole('dialog');
    expect(await violations(page), 'usable by everyone').toEqual([]);
    expect(await wider(page), 'nothing scrolls sideways').toBe(0);
    const box = await dialog.boundingBox();
    expect(box !== null && box.y >= 0 && box.y + box.height <= (look.height ?? 900), 'all of it is on screen').toBe(true);
    expect(await dialog.getByRole('radio', { name: /^Probe once/ }).isChecked(), 'the mildest act is chosen').toBe(true);
    const foot = await dialog.getByRole('button', { name: /^Cancel/ }).boundingBox();
    const lowest = await dialog.getByRole('radio').evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().bottom)));
    expect(lowest, 'all choices are seen without scrolling').toBeLessThan(foot?.y ?? 0);
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'and the way out has the focus').toMatch(/^Cancel/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(sent(), 'nothing was done').toBe(before);
    await page.context().close();
  });

  test('what came of a reset is a card that everyone can read and put away', async () => {
    stage.console.handlers['breakers.act'] = () => ({ ...breakers[0]!, state: 'closed' as const });
    stage.console.handlers['breakers.history'] = () => told([{ seq: 8, breaker: 'ai:anthropic', at: '2026-08-22T03:14:22.000Z', what: 'reset' as const, from: 'open' as const, to: 'closed' as const, cause: null, until: null, actor: 'Mira Halvorsen', reason: 'provider is back', correlation_id: null }]);
    const page = await ask(look);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /^Reset/ }).check();
    await dialog.getByLabel('Reason').fill('provider is back');
    stage.console.handlers['breakers.list'] = () => breakers.map((one) => ({ ...one, state: 'closed' as const, calls: one.calls + 12, failures: one.failures + 1 }));
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.clock.fastForward(31_000);
    const cards = page.getByRole('complementary', { name: 'What came of acts' });
    await cards.getByText('it held: closed for 30s').waitFor();
    expect(await violations(page), 'usable by everyone').toEqual([]);
    expect(await wider(page), 'nothing scrolls sideways').toBe(0);
    await cards.getByRole('button', { name: /^Put away/ }).click();
    await cards.waitFor({ state: 'detached' });
    await page.context().close();
  });
});
