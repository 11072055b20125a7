/** A plane that dies in the middle of a run, in front of a reader who does nothing: the page must not go on as if it knew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { accessible, House } from './house';

const PLAN = `goal: keep the lamp lit
steps:
  - name: lamp
    tool: shell
    inputs: { argv: [sh, -c, "for n in $(seq 1 40); do echo lamp $n; done; sleep 300"] }
`;

let house: House;
let page: Page;
beforeAll(async () => {
  house = await House.open();
  page = await house.page();
});
afterAll(() => house.close());

test('an open run is not shown as running once its plane is gone', async () => {
  await page.goto(new URL('/#/runs', page.url()).href);
  await page.getByRole('button', { name: 'Start run' }).first().click();
  await page.getByRole('button', { name: /Your own plan/ }).click();
  await page.getByLabel('Plan', { exact: true }).fill(PLAN);
  await page.locator('button:not([aria-disabled])', { hasText: /Start 1 run/ }).click();
  await page.getByRole('heading', { level: 1, name: 'keep the lamp lit' }).waitFor();
  await page.getByText('41 lines, 1 to 41 of the run').waitFor();
  await page.getByText('Running', { exact: true }).first().waitFor();

  await house.killPlane();
  await page.getByText('Was running', { exact: true }).waitFor();
  await page.getByText(/was running when last seen/).waitFor();
  // What nobody sees is hatched, once the page's clock has passed the last word of the plane; and old colours are gone.
  await page.locator('.steps .time-unseen').first().waitFor();
  await page.locator('#run-part.stale-colours').waitFor();
  await page.getByRole('button', { name: 'Cancel 1 run' }).click({ force: true });
  expect(await page.getByRole('dialog').count(), 'nothing can be asked of a plane that is gone').toBe(0);
  await accessible(page, 'run-killed');
});
