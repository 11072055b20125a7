/** Every screen with real data, in every palette and at the smallest size: nothing breaks axe, nothing scrolls sideways. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible, House, type Look } from './house';

let house: House;
beforeAll(async () => {
  house = await House.open();
  const page = await house.page();
  await page.getByRole('heading', { name: 'Start a run, or connect a control plane' }).waitFor();
  await start(page, '{"goal": "light the north pier", "steps": [{"name": "lamp", "tool": "shell", "inputs": {"argv": ["false"]}}]}');
  await start(page, '{"goal": "light the south pier", "steps": [{"name": "ask", "tool": "manual:ask", "inputs": {"question": "Is the pier clear?"}}]}');
  await page.goto(new URL('/#/readiness', page.url()).href);
  await page.getByRole('button', { name: /^Run \d+ checks/ }).click();
  await page.getByText('Pass', { exact: true }).first().waitFor();
});
afterAll(() => house.close());

async function start(page: Page, plan: string): Promise<void> {
  await page.goto(new URL('/#/runs', page.url()).href);
  await page.getByRole('button', { name: 'Start run' }).first().click();
  await page.getByRole('button', { name: /Your own plan/ }).click();
  await page.getByLabel('Plan', { exact: true }).fill(plan);
  // Until the plan has been checked the button says why it cannot be pressed.
  await page.locator('button:not([aria-disabled])', { hasText: /Start 1 run/ }).click();
  await page.waitForURL(/#\/runs\/[^/]+\/run_/);
}

const LOOKS: Record<string, Look> = {
  dark: {},
  light: { theme: 'light' },
  contrast: { contrast: 'more' },
  'light-contrast': { theme: 'light', contrast: 'more' },
  small: { width: 1024, height: 700 },
  'small-light': { theme: 'light', width: 1024, height: 700 },
};

const SCREENS: Record<string, { hash: string; ready: (page: Page) => Promise<unknown> }> = {
  'first-run': { hash: '#/first-run', ready: (page) => page.getByLabel('What to run').waitFor() },
  runs: { hash: '#/runs', ready: (page) => page.getByText('light the south pier').first().waitFor() },
  breakers: { hash: '#/breakers', ready: (page) => page.getByRole('grid', { name: 'Breakers' }).waitFor() },
  readiness: { hash: '#/readiness', ready: (page) => page.getByText('Pass', { exact: true }).first().waitFor() },
  connections: { hash: '#/connections', ready: (page) => page.getByText('What each one can do').waitFor() },
  settings: { hash: '#/settings', ready: (page) => page.getByText('Data folder', { exact: true }).waitFor() },
};

for (const [name, look] of Object.entries(LOOKS)) {
  test(`every screen, ${name}`, async () => {
    const page = await house.page(look);
    for (const [screen, { hash, ready }] of Object.entries(SCREENS)) {
      await page.goto(new URL(`/${hash}`, page.url()).href);
      await ready(page);
      await accessible(page, `${screen}-${name}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider, `${screen} does not scroll sideways, ${name}`).toBeLessThanOrEqual(0);
    }
    await page.goto(new URL('/#/readiness', page.url()).href);
    await page.getByRole('button', { name: /The control plane is alive/ }).first().click();
    await page.getByRole('complementary', { name: /Evidence of/ }).waitFor();
    await accessible(page, `readiness-evidence-${name}`);
    await page.context().close();
  });
}
