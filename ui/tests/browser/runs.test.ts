import { afterEach, beforeEach, expect, test } from 'vitest';
import { connections } from '../incident/around';
import { row, runs } from '../incident/runs';
import { incident } from './incident-console';
import { Stage } from './page';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = incident();
});
afterEach(() => stage.close());

test('another question is answered from the top', async () => {
  const page = await stage.page('#/runs');
  const table = page.getByRole('grid', { name: 'Runs' });
  await table.getByRole('row').nth(2).waitFor();
  const body = table.locator('.body > div').first();
  await body.evaluate((element) => (element.scrollTop = 1_500));
  await expect.poll(() => body.evaluate((element) => element.scrollTop), { message: 'the list is scrolled' }).toBe(1_500);
  await page.getByRole('tab', { name: /Failing now/ }).click();
  await table.getByText('39', { exact: false }).first().waitFor({ state: 'attached' });
  await expect.poll(() => body.evaluate((element) => element.scrollTop), { message: 'the first answer is in sight' }).toBe(0);
});

test('the order of the list has its mark, and is the order of the column that has it', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  const head = page.getByRole('columnheader', { name: 'Started' });
  expect(await head.getAttribute('aria-sort'), 'newest first').toBe('descending');
  const at = (await page.getByRole('columnheader').allTextContents()).findIndex((text) => text.trim() === 'Started');
  const shown = await page.getByRole('row').evaluateAll((rows, index) => rows.slice(1, 12).map((one) => one.children[index]?.textContent ?? ''), at);
  expect(shown, 'from the newest down').toEqual([...shown].sort().reverse());
});

test('a run of another day does not write into the next column', async () => {
  for (const width of [1440, 1024]) {
    const page = await stage.page(`#/runs?run=flow-eu/${runs[0]!.id}`, { now: '2026-08-23T03:14:22.000Z', width, height: 700 });
    const cells = page.locator('[role=row][aria-selected=true] [role=gridcell]');
    await cells.first().waitFor();
    const edges = await cells.evaluateAll((all) => all.map((cell) => { const box = cell.getBoundingClientRect(); return [box.left, box.left + Math.max(box.width, getComputedStyle(cell).overflow === 'hidden' ? 0 : cell.scrollWidth)]; }));
    expect(edges.every(([, right], index) => right! <= (edges[index + 1]?.[0] ?? Infinity)), `each cell ends before the next begins, ${width}`).toBe(true);
    await page.context().close();
  }
});

test('keys of the page are off while columns are chosen', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Why' }).waitFor();
  await page.keyboard.press('n');
  expect(await page.getByRole('dialog').count(), 'no run is started behind the menu').toBe(0);
  await page.getByRole('menuitemcheckbox', { name: 'Why' }).click();
  await page.getByRole('columnheader', { name: 'Why' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.getByRole('dialog').waitFor();
});

test('only the rows of a plane that is silent or late lose their colour', async () => {
  const two = [row({ id: 'run_a', goal: 'heard', status: 'succeeded' }), row({ id: 'run_b', goal: 'late', status: 'succeeded', connection: 'projects-eu', connection_name: 'projects-eu', freshness: { read_at: connections[2]!.status.last_seen_at, state: 'stale' } })];
  stage.console.handlers['runs.list'] = () => ({ items: two, next: null, matching: 2, total: 2, counts: [] });
  const page = await stage.page('#/runs');
  const rowOf = (goal: string) => page.getByRole('row').filter({ hasText: goal });
  await rowOf('heard').waitFor();
  await expect.poll(() => rowOf('late').getAttribute('class'), { message: 'what may have changed has no colour' }).toContain('stale-colours');
  expect(await rowOf('heard').getAttribute('class'), 'what is known keeps it').not.toContain('stale-colours');
});

test('a held key moves the selection each time, and the address follows', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  for (let n = 0; n < 30; n += 1) await page.keyboard.press('j');
  expect(await page.locator('[role=row][aria-selected=true]').getAttribute('aria-rowindex'), 'thirty rows down').toBe('31');
  const chosen = runs[29]!;
  await expect.poll(() => decodeURIComponent(page.url()), { message: 'a reload would find the same run' }).toContain(chosen.id);
});
