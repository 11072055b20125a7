import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunRow, RunView } from '../../src/rpc/schema';
import { at, seconds, NOW } from '../incident/clock';
import { connections } from '../incident/around';
import { lumenView } from '../incident/lumen';
import { LUMEN, row, runs } from '../incident/runs';
import { incident } from './incident-console';
import { Stage } from './page';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = incident();
});
afterEach(() => stage.close());

const RUN = `#/runs/flow-eu/${LUMEN}`;
const sent = (command: string) => stage.console.calls.filter((call) => call.command === command).map((call) => call.request);
/** What the page sent once it has sent it. */
const once = (command: string) => expect.poll(() => sent(command).length, { message: `${command} must be sent` }).toBe(1);

function scriptList(all: () => readonly RunRow[]): void {
  stage.console.handlers['runs.list'] = (request) => {
    const items = all().slice(0, request.limit ?? 50);
    return { items, next: null, matching: all().length, total: all().length, counts: [{ status: 'failed', count: 0 }] };
  };
}

test('new runs queue behind a pill while the reader is in the list', async () => {
  let all: readonly RunRow[] = runs.slice(0, 60);
  scriptList(() => all);
  const page = await stage.page('#/runs');
  const table = page.getByRole('grid', { name: 'Runs' });
  await table.getByRole('row').nth(2).hover();
  const before = await table.getByRole('row').nth(1).textContent();
  all = [1, 2, 3].map((n) => row({ id: `run_new${n}`, goal: `brand new ${n}`, status: 'running', created_at: NOW })).concat(all);
  stage.console.emit({ type: 'stale', tags: [{ noun: 'runs' }] });
  await page.getByRole('button', { name: '3 new runs' }).waitFor();
  expect(await table.getByRole('row').nth(1).textContent(), 'the row under the eye stays where it is').toBe(before);
  await page.getByRole('button', { name: '3 new runs' }).click();
  await table.getByText('brand new 1').waitFor();
});

test('the keyboard goes through the list, opens a run and comes back', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const chosen = page.locator('[role=row][aria-selected=true]');
  expect(await chosen.getAttribute('aria-rowindex'), 'two steps down is the second row').toBe('3');
  const goal = await page.locator('aside h2').textContent();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: goal ?? '' }).waitFor();
  await page.locator('.pane').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.pane').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('grid', { name: 'Runs' }).waitFor();
});

test('a filter that means nothing is marked, offers the nearest, and is exchanged for it', async () => {
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('status:faild ');
  await page.getByRole('button', { name: 'status:failed?' }).click();
  await page.getByRole('button', { name: 'Remove status failed' }).waitFor();
  await expect.poll(() => sent('runs.list').some((request) => JSON.stringify(request).includes('"statuses":["failed"]')), { message: 'the list is asked for failed runs' }).toBe(true);
});

test('find goes through the whole log and round at its end', async () => {
  const page = await stage.page(RUN);
  await page.getByText('17 lines').waitFor();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('overloaded');
  const find = page.getByRole('search').filter({ has: page.getByLabel('Find in the whole log') });
  await find.getByText('1 of 4').waitFor();
  await page.keyboard.press('Shift+Enter');
  await find.getByText('4 of 4').waitFor();
  await page.keyboard.press('Enter');
  await find.getByText('1 of 4').waitFor();
  expect(await page.locator('mark.on').textContent(), 'the match that is counted is the one that is marked').toBe('overloaded');
});

test('lines that are printed now appear at the end, which is followed', async () => {
  const running: RunView = { ...lumenView, status: 'running', ended_at: null, failure: null };
  stage.console.handlers['runs.get'] = () => running;
  const page = await stage.page(`${RUN}?step=codegen`);
  await page.getByText('17 lines').waitFor();
  const lines = Array.from({ length: 300 }, (_, n) => ({ seq: 223 + n, at: at('03:14:20'), step_id: 'stp_codegen', attempt: 3, stream: 'stdout' as const, text: `fresh line ${n}` }));
  // The console keeps what it tells of, so whoever reads again at that moment finds it too.
  const before = stage.console.handlers['runs.logs'];
  stage.console.handlers['runs.logs'] = async (request) => {
    const reply = await before!(request);
    return { ...reply, items: [...reply.items, ...lines.filter((line) => line.seq > (request.after ?? 0))], last_seq: 522 };
  };
  stage.console.emit({ type: 'log', connection: 'flow-eu', run: LUMEN, lines });
  await page.getByText('fresh line 299').waitFor();
  await page.getByText('317 lines').waitFor();
});

test('a verdict is sent with its reason, and no cannot be said without one', async () => {
  stage.console.handlers['gates.approve'] = () => lumenView;
  const page = await stage.page(RUN);
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.getByText('Say why: the reason is kept with the verdict.').waitFor();
  expect(sent('gates.reject'), 'nothing is sent without a reason').toEqual([]);
  await page.getByLabel('Reason').fill('images checked');
  await page.keyboard.press('Control+Enter');
  await once('gates.approve');
  expect(sent('gates.approve')[0], 'where, what and why').toEqual({ connection: 'flow-eu', run: LUMEN, step: 'brand-assets', reason: 'images checked' });
});

test('a step is retried with edited inputs only when they can be read', async () => {
  stage.console.handlers['runs.retry_step'] = () => lumenView;
  const page = await stage.page(RUN);
  await page.getByText('17 lines').waitFor();
  await page.keyboard.press('r');
  await page.getByLabel('Reason').last().fill('provider is back');
  await page.getByLabel('Inputs').fill('{"model": ');
  await page.getByText('Not JSON').waitFor();
  await page.keyboard.press('Control+Enter');
  expect(sent('runs.retry_step'), 'broken inputs are never sent').toEqual([]);
  await page.getByLabel('Inputs').fill('{"model": "claude-haiku"}');
  await page.keyboard.press('Control+Enter');
  await once('runs.retry_step');
  expect(sent('runs.retry_step')[0], 'the edited inputs go along').toEqual({ connection: 'flow-eu', run: LUMEN, step: 'codegen', reason: 'provider is back', inputs: { model: 'claude-haiku' } });
});

test('offline, acts say why they cannot be done, and what is not observed is hatched', async () => {
  const seen = seconds(NOW, -120);
  stage.console.handlers['connections.list'] = () => connections.map((one) => ({ ...one, status: { ...one.status, state: 'offline' as const, last_seen_at: seen } }));
  stage.console.handlers['runs.get'] = () => ({ ...lumenView, status: 'running', ended_at: null, freshness: { read_at: seen, state: 'offline' } });
  const page = await stage.page(RUN);
  await page.getByText('flow-eu is offline. Cached as of').waitFor();
  await page.getByText('was running when last seen').waitFor();
  await page.getByText('Was running', { exact: true }).waitFor();
  const retry = page.getByRole('button', { name: 'Retry codegen in flow-eu' });
  expect(await retry.getAttribute('aria-disabled'), 'it stays reachable').toBe('true');
  expect(await retry.getAttribute('title'), 'and says why').toContain('flow-eu is offline');
  await retry.click({ force: true });
  expect(await page.getByRole('dialog').count(), 'nothing opens').toBe(0);
  expect(await page.locator('.time-unseen').count(), 'two minutes without a word are hatched').toBeGreaterThan(1);
});

test('a plan is judged while it is written and started once', async () => {
  stage.console.handlers['runs.create'] = () => lumenView;
  const page = await stage.page('#/runs');
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('n');
  await page.getByText('Your own plan').click();
  await page.getByLabel('Plan', { exact: true }).fill('{}');
  await page.getByText('Did you mean "build"?').waitFor();
  await page.getByLabel('Plan', { exact: true }).fill('goal: Say hello');
  await page.getByText('3 steps in 2 layers').waitFor();
  await page.getByRole('button', { name: 'Start 1 run in flow-eu' }).click();
  await page.getByRole('heading', { level: 1, name: lumenView.goal }).waitFor();
  expect(sent('runs.create'), 'one click, one run').toMatchObject([{ connection: 'flow-eu', plan: 'goal: Say hello' }]);
});

test('a panel that cannot be read says what, why and which request, and tries again', async () => {
  let broken = true;
  const whole = stage.console.handlers['runs.get'];
  stage.console.handlers['runs.get'] = (request) => {
    if (broken) throw Object.assign(new Error(), {});
    return whole ? whole(request) : lumenView;
  };
  const page = await stage.page('#/runs');
  // The first moment of hearing reads everything again; after it only the button can bring the run back.
  await expect.poll(() => sent('connections.list').length, { message: 'the page must hear the console' }).toBeGreaterThan(1);
  await page.evaluate((hash) => (location.hash = hash), RUN);
  await page.getByRole('alert').getByText('The console answered 500').waitFor();
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { level: 1, name: lumenView.goal }).waitFor();
});
