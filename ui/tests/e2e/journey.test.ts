/** One user's story in the browser, over real processes: first steps, a failing run, retry, approval, and reading offline. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible, House } from './house';

const PLAN = `goal: ship the harbour lights
steps:
  - name: build
    tool: shell
    inputs: { argv: [printf, "built the perihelion bundle\\\\n"] }
  - name: deploy
    tool: fail
    inputs: { times: 1, message: the quay is busy }
    depends_on: [build]
  - name: release
    tool: manual:release
    inputs: { question: Light them up? }
    depends_on: [deploy]
`;

let house: House;
let page: Page;
beforeAll(async () => {
  house = await House.open();
  page = await house.page();
});
afterAll(() => house.close());

test('a new user lands on the first steps, with the built-in plane running', async () => {
  await page.getByRole('heading', { name: 'Start a run, or connect a control plane' }).waitFor();
  await page.getByText('Live', { exact: true }).first().waitFor();
  await page.getByLabel('What to run').waitFor();
  await accessible(page, 'first-run');
});

test('every screen without data says so, and breaks no rule of accessibility', async () => {
  for (const [keys, name] of [['g r', 'runs-empty'], ['g b', 'breakers'], ['g c', 'readiness'], ['g o', 'connections']] as const) {
    for (const key of keys.split(' ')) await page.keyboard.press(key);
    await page.waitForURL(new RegExp(`#/${name.split('-')[0]}`));
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await accessible(page, name);
  }
});

test('a run is written, started, fails, is retried, approved and succeeds, all live', async () => {
  await page.goto(`${new URL(page.url()).origin}/#/runs`);
  await page.getByRole('button', { name: 'Start run' }).first().click();
  await page.getByRole('button', { name: /Your own plan/ }).click();
  await page.getByLabel('Plan', { exact: true }).fill('goal: x\nsteps: [{name: a, tool: nonsense}]');
  await page.getByText(/would be refused/).waitFor();
  await page.getByLabel('Plan', { exact: true }).fill(PLAN);
  const start = page.getByRole('button', { name: /^Start 1 run/ });
  await expect.poll(() => start.getAttribute('aria-disabled'), { message: 'a plan without faults can be started' }).toBeNull();
  await accessible(page, 'start-run');
  await start.click();

  await page.getByRole('heading', { name: 'ship the harbour lights' }).waitFor();
  const retry = page.getByRole('button', { name: /^Retry deploy/ });
  await retry.waitFor();
  await page.getByText('Failed', { exact: true }).first().waitFor();
  await accessible(page, 'run-failed');

  await retry.click();
  await page.getByLabel('Reason').fill('the quay is free again');
  await page.keyboard.press('Control+Enter');
  const approve = page.getByRole('button', { name: /Approve 1 gate/ });
  await approve.waitFor();
  await accessible(page, 'run-approval');
  await approve.click();
  await page.getByText('Succeeded', { exact: true }).first().waitFor();
  await accessible(page, 'run-succeeded');
});

test('the palette finds it by a word of its log', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search or run/ }).fill('perihelion');
  await page.getByRole('option', { name: /perihelion|harbour/ }).first().waitFor();
  await accessible(page, 'palette');
  await page.keyboard.press('Escape');
});

test('with the plane gone, the same run is read from the cache and says how old that is', async () => {
  await house.stopPlane();
  await page.getByText('Offline', { exact: true }).first().waitFor();
  await page.getByRole('heading', { name: 'ship the harbour lights' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'ship the harbour lights' }).waitFor();
  expect(await page.getByText('Succeeded', { exact: true }).count(), 'the run is shown as it was last seen').toBeGreaterThan(0);
  await accessible(page, 'run-offline');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByText('ship the harbour lights').first().waitFor();
  await accessible(page, 'runs-offline');
});
