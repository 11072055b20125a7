import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogLine, RunView, Step } from '../../src/rpc/schema';
import { connections } from '../incident/around';
import { at, NOW, seconds } from '../incident/clock';
import { events, logLines, lumenView } from '../incident/lumen';
import { LUMEN } from '../incident/runs';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage } from './page';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = incident();
});
afterEach(() => stage.close());

const RUN = `#/runs/flow-eu/${LUMEN}`;
const RUN_STALE = { noun: 'run' as const, connection: 'flow-eu', run: LUMEN };
const named = (name: string): Step => lumenView.steps.find((step) => step.name === name)!;
const open = (of: Partial<RunView> = {}): RunView => ({ ...lumenView, status: 'running', ended_at: null, failure: null, ...of });
const script = (run: () => RunView) => (stage.console.handlers['runs.get'] = run);

test('a link to a line of a log opens its step and shows that line', async () => {
  const page = await stage.page(`${RUN}?step=fetch-catalog&line=31`);
  const line = page.locator('[aria-current=true]');
  await line.getByText('fetched page 31 of 205').waitFor();
  const box = (await line.boundingBox())!;
  const pane = (await page.locator('.lines').boundingBox())!;
  expect(box.y > pane.y && box.y + box.height < pane.y + pane.height, 'it is in sight, not only there').toBe(true);
  await page.keyboard.press('j');
  await page.getByText('17 lines').waitFor();
  expect(page.url(), 'another step is not about that line').not.toContain('line=');
});

test('a link to a line that nobody has says so', async () => {
  const page = await stage.page(`${RUN}?step=fetch-catalog&line=9999`);
  await page.getByText('line 9,999 is not in the cache').waitFor();
});

test('arrows go through the steps, but scroll where there is something to scroll', async () => {
  const page = await stage.page(RUN);
  const chosen = page.locator('.steps button[aria-expanded=true]');
  await page.getByText('17 lines').waitFor();
  await page.keyboard.press('ArrowUp');
  await chosen.getByText('fetch-catalog').waitFor();
  const log = page.getByRole('region', { name: 'Lines of fetch-catalog' });
  await log.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => log.evaluate((element) => element.scrollTop), { message: 'the log moves' }).toBeGreaterThan(0);
  expect(await chosen.textContent(), 'and the step stays').toContain('fetch-catalog');
});

test('whoever goes through many steps by keys sees where they are, with the focus', async () => {
  const steps = Array.from({ length: 60 }, (_, n): Step => ({ ...named('plan'), id: `stp_${n}`, name: `step ${n}` }));
  script(() => ({ ...lumenView, open_gates: 0, steps, current_step: 'step 0' }));
  const page = await stage.page(RUN, { width: 1024, height: 700 });
  await page.locator('.steps button').first().focus();
  for (let n = 0; n < 50; n += 1) await page.keyboard.press('j');
  const row = page.locator('.steps button[aria-expanded=true]');
  await row.getByText('step 50').waitFor();
  await expect.poll(() => row.evaluate((element) => element === document.activeElement), { message: 'the focus came along' }).toBe(true);
  const box = (await row.boundingBox())!;
  expect(box.y > 0 && box.y + box.height < 700, 'the row is in the window').toBe(true);
});

test('Esc folds the step first, then goes back to the list with its filter', async () => {
  const page = await stage.page(`#/runs?q=${encodeURIComponent('status:failed')}`);
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.pane').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.pane').waitFor({ state: 'detached' });
  expect(page.url(), 'one layer at a time').toContain(`/runs/flow-eu/`);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove status failed' }).waitFor();
});

test('keys do nothing that the page does not offer', async () => {
  const page = await stage.page(RUN);
  await page.getByText('17 lines').waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  expect(await page.getByRole('dialog').count(), 'only the key sheet is open').toBe(1);
  expect(await page.getByText('Cancel the run').count(), 'a run that is over is not cancelled').toBe(0);
});

test('a verdict leaves who gave it and why, and what was open stays open', async () => {
  const gate = named('brand-assets');
  let decided = false;
  const steps = () => lumenView.steps.map((step): Step => (step !== gate || !decided ? step : { ...step, status: 'succeeded', waiting_for: null, ended_at: at('03:14:20'), gate: { ...gate.gate!, state: 'approved', decided_by: 'Mira Halvorsen', decided_at: at('03:14:20'), reason: 'images checked' } }));
  script(() => open({ steps: steps(), current_step: decided ? 'codegen' : 'brand-assets', open_gates: decided ? 0 : 1 }));
  stage.console.handlers['gates.approve'] = () => {
    decided = true;
    return open({ steps: steps() });
  };
  const page = await stage.page(RUN);
  await page.getByText('Waits for a person: Publish 14 images').waitFor();
  expect(await page.locator('.pane').count(), 'a person prints nothing, so there is no log').toBe(0);
  await page.getByLabel('Reason').fill('images checked');
  await page.keyboard.press('Control+Enter');
  stage.console.emit({ type: 'stale', tags: [RUN_STALE] });
  await page.getByText('Approved by Mira Halvorsen at 03:14:20: images checked').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id), 'the keyboard goes on from the run').toBe('run-title');
});

test('a run whose plane falls silent is not shown as running, without any change of the run', async () => {
  let silent = false;
  script(() => open({ freshness: { read_at: seconds(NOW, -20), state: silent ? 'offline' : 'live' } }));
  const page = await stage.page(RUN);
  await page.getByText('Running', { exact: true }).first().waitFor();
  silent = true;
  stage.console.emit({ type: 'stale', tags: [{ noun: 'connections' }] });
  await page.getByText('Was running', { exact: true }).waitFor();
  expect(await page.locator('.time-unseen').count(), 'what came after is hatched').toBeGreaterThan(0);
});

test('a late plane takes the colour from what is shown, not the acts', async () => {
  stage.console.handlers['connections.list'] = () => connections.map((one) => ({ ...one, status: { ...one.status, state: 'late' as const } }));
  script(() => ({ ...lumenView, freshness: { read_at: seconds(NOW, -60), state: 'stale' } }));
  const page = await stage.page(RUN);
  await page.getByText('flow-eu is late').waitFor();
  expect(await page.locator('#run-part.stale-colours').count(), 'old data has no colour').toBe(1);
  expect(await page.getByRole('button', { name: 'Retry codegen in flow-eu' }).getAttribute('aria-disabled'), 'it answers, only late').toBeNull();
});

test('lines that were never read are a hatched gap, which closes when they come', async () => {
  let missing = true;
  const own = logLines.filter((line) => line.step_id === 'stp_codegen');
  const here = (): LogLine[] => (missing ? own.filter((line) => line.seq > 214) : own);
  script(() => open({ last_log_seq: 0 }));
  stage.console.handlers['runs.logs'] = ({ after = 0 }) => ({ items: here().filter((line) => line.seq > after), next: null, last_seq: missing ? 0 : 222, complete: true, freshness: lumenView.freshness });
  const page = await stage.page(`${RUN}?step=codegen`);
  await page.getByText('Not read yet: 1 to 214 of the run.').waitFor();
  await page.getByText('8 lines, 215 to 222 of the run; some are missing').waitFor();
  missing = false;
  stage.console.emit({ type: 'stale', tags: [RUN_STALE] });
  await page.getByText('17 lines, 206 to 222 of the run, complete').waitFor();
  expect(await page.getByText('Not read yet').count(), 'the gap is gone').toBe(0);
});

test('new lines that are all in sight are not announced as unseen', async () => {
  script(() => open());
  const page = await stage.page(`${RUN}?step=codegen`, { height: 1_200 });
  await page.getByText('17 lines').waitFor();
  await page.keyboard.press('f');
  stage.console.emit({ type: 'log', connection: 'flow-eu', run: LUMEN, lines: [{ ...logLines.at(-1)!, seq: 223, text: 'the last word' }] });
  await page.getByText('the last word').waitFor();
  const log = page.getByRole('region', { name: 'Lines of codegen' });
  expect(await log.evaluate((element) => element.scrollHeight <= element.clientHeight), 'the test needs a log that fits').toBe(true);
  expect(await page.getByText('1 new line').count(), 'nothing is below').toBe(0);
});

test('a step that runs again is described by what it does, and its columns hold something', async () => {
  const failed = { ...named('codegen').attempts[0]!, failure: { code: 'exit_code', message: 'The command ended with exit code 101.', remedy: null, retryable: true }, breaker: null, breaker_state: null, usage: null };
  const again: Step = { ...named('codegen'), status: 'running', ended_at: null, queued_at: at('03:14:10'), failure: failed.failure, attempts: [failed, { ...failed, number: 2, status: 'running', started_at: at('03:14:10'), ended_at: null, failure: null }] };
  script(() => open({ steps: [again], current_step: 'codegen' }));
  const page = await stage.page(RUN);
  await page.getByText('Attempt 2 has been running for 12s. Attempt 1: The command ended with exit code 101.').waitFor();
  expect(await page.locator('.attempts [role=columnheader]').allTextContents(), 'no breaker and no tokens, so no such columns').toEqual(['#', 'Started', 'Waited', 'Ran', 'Outcome']);
});

test.each([1440, 1024])('who did something to the run, and why, is read whole among its events at %i pixels', async (width) => {
  const why = 'the provider said try later, and the customer asked twice since midnight whether it is safe to publish';
  const acts = ([['step.retried', 'codegen'], ['gate.approved', 'brand-assets'], ['gate.rejected', 'publish'], ['run.cancel_requested', null]] as const).map(([kind, step], index) => ({ ...events[0]!, seq: events.length + index + 1, kind, step, actor: `mira-${index}@harbor.example`, data: { reason: `${why} (${index})` } }));
  const told = stage.console.handlers['runs.events']!;
  stage.console.handlers['runs.events'] = async (request) => {
    const { after = 0 } = request;
    return { ...(await told(request)), items: [...events, ...acts].filter((event) => event.seq > after), last_seq: events.length + acts.length };
  };
  const page = await stage.page(`${RUN}?tab=events`, { width });
  const row = (index: number) => page.getByRole('row').filter({ hasText: `mira-${index}@harbor.example` });
  for (const [index, { kind }] of acts.entries()) {
    await row(index).getByText(kind).waitFor();
    const who = row(index).getByText(`mira-${index}@harbor.example`);
    expect(await who.isVisible(), `${kind} says who`).toBe(true);
    const cut = await row(index).evaluate((line) => [...line.querySelectorAll('.why, .who')].filter((cell) => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight + 1).map((cell) => cell.textContent));
    expect(cut, `${kind} says why, to the end`).toEqual([]);
    expect(await row(index).textContent()).toContain(`${why} (${index})`);
  }
  expect(await violations(page), 'and breaks no rule').toEqual([]);
});
