import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connections } from '../incident/around';
import { ANTHROPIC, calm, problems, triage } from '../incident/triage';
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

const BLAST = '#/breakers/flow-eu/ai%3Aanthropic/blast?at=2026-08-22T03:04:38.000Z&state=closed';
const silent = () => connections.map((one) => ({ ...one, status: { ...one.status, state: 'offline' as const } }));
const SCREENS: [name: string, hash: string, ready: string, before?: () => void][] = [
  ['triage', '#/triage', 'text=Safest now'],
  ['triage, another problem', `#/triage?problem=${encodeURIComponent(problems[3]!.id)}&span=360`, 'text=Selected problem'],
  ['triage, all is well', '#/triage', 'text=Nothing is wrong', () => (stage.console.handlers['triage.get'] = () => calm)],
  ['triage, offline', '#/triage', 'h1:has-text("When last seen")', () => (stage.console.handlers['connections.list'] = silent)],
  ['blast radius', BLAST, '[role=treegrid]'],
];
const LOOKS: [string, Look][] = [
  ['dark, wide', { theme: 'dark' }],
  ['light, 1024', { theme: 'light', width: 1024, height: 700 }],
  ['high contrast, dark', { theme: 'dark', contrast: 'more' }],
  ['high contrast, light, 1024', { theme: 'light', contrast: 'more', width: 1024, height: 700 }],
];

describe.each(LOOKS)('%s', (_, look) => {
  test.each(SCREENS)('%s', async (_name, hash, ready, before) => {
    before?.();
    const page = await stage.page(hash, look);
    await page.locator(ready).first().waitFor();
    expect(await violations(page), 'a screen must be usable by everyone').toEqual([]);
    const wider = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('main, main .page')].map((part) => part.scrollWidth - part.clientWidth));
    expect(Math.max(...wider), 'nothing scrolls sideways').toBe(0);
    await page.context().close();
  });
});

test('the program opens with triage, and g t comes back to it', async () => {
  const page = await stage.page('');
  await page.getByRole('heading', { name: 'One cause explains 37 of 39 failed runs' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL('**/#/runs');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForURL('**/#/triage');
  await page.context().close();
});

test('from a problem to the run that it failed by keys alone', async () => {
  const page = await stage.page('#/triage');
  await page.getByText('Safest now').waitFor();
  await page.keyboard.press('j');
  expect(await page.locator('[role=row][aria-selected=true]').textContent()).toContain('nordlys-outdoor');
  await page.keyboard.press('k');
  await page.keyboard.press('a');
  await page.keyboard.press('b');
  await page.waitForURL('**/blast');
  await page.locator('[role=treegrid]').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/runs\/flow-eu\/run_[0-9a-f]+\?step=codegen$/);
  expect(stage.console.calls.filter((call) => call.command === 'triage.acknowledge').map((call) => call.request), 'what was in hand is given back').toEqual([{ problem: ANTHROPIC, in_hand: false }]);
  await page.locator('.steps button').first().waitFor();
  await page.keyboard.press('b');
  await page.waitForURL(/blast\?at=.*state=open$/);
  await page.getByText('At the attempt of').waitFor();
  await page.context().close();
});

test('the lanes are read by arrows, and the reader sees where on the axis that is', async () => {
  const page = await stage.page('#/triage');
  const list = page.getByRole('listbox', { name: /Events on the axis/ });
  await list.locator('.event', { hasText: 'Readiness' }).first().waitFor({ state: 'attached' });
  await list.locator('[tabindex="0"]').focus();
  const reached = () => list.locator('[tabindex="0"]').textContent();
  expect(await reached(), 'it begins with what happened last').toMatch(/03:14:.* UTC Failed runs: 1 run failed from then on, .* ago/);
  await page.keyboard.press('ArrowLeft');
  const before = await reached();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await reached(), 'what is scheduled comes after now').toMatch(/03:18:27 UTC Breaker anthropic: the next probe is due, in 4m 05s/);
  expect(before).not.toBe(await reached());
  expect(await page.locator('.reached').count()).toBe(1);
  const scores = await list.locator('.event', { hasText: 'Readiness' }).allTextContents();
  expect(scores.map((text) => /UTC (.*), .* ago/.exec(text)?.[1]), 'readiness is among them').toEqual(['Readiness: the score is 74, because of plane.ready', 'Readiness: the score is 71, because of plane.queue_age']);
  expect(await page.locator('[role=row][aria-selected=true]').textContent(), 'the problem stays chosen').toContain('overloaded');
  await page.context().close();
});

test('below 1100 px the panels stand one above the other', async () => {
  for (const [width, stacked] of [[1440, false], [1024, true]] as const) {
    const page = await stage.page('#/triage', { width });
    const [left, right] = await Promise.all(['Problems by cause', 'Blast radius: anthropic'].map((name) => page.getByRole('region', { name }).boundingBox()));
    expect((right?.y ?? 0) > (left?.y ?? 0) + 10, `${width}`).toBe(stacked);
    await page.context().close();
  }
});

test('the zone of the reader is that of the axis', async () => {
  const page = await stage.page('#/triage');
  await page.getByText('Safest now').waitFor();
  const labels = () => page.locator('.ticks span').allTextContents();
  expect(await labels()).toContain('02:55');
  await page.getByRole('button', { name: 'Relative' }).click();
  await page.locator('.ticks span', { hasText: 'ago' }).first().waitFor();
  expect(await labels()).toContain('25m ago');
  await page.context().close();
});

test('what was seen ends where the last plane fell silent', async () => {
  stage.console.handlers['connections.list'] = silent;
  stage.console.handlers['triage.get'] = () => triage;
  const page = await stage.page('#/triage', { now: '2026-08-22T03:20:00.000Z' });
  await page.locator('.flag.seen').waitFor();
  const place = (part: string) => page.locator(`.over ${part}`).last().evaluate((one) => ({ left: parseFloat((one as HTMLElement).style.left), width: parseFloat((one as HTMLElement).style.width) }));
  const [veil, seen, now] = [await place('.veil'), await place('.flag.seen'), await place('.flag.edge')];
  expect(Math.abs(veil.left - seen.left), 'from there on').toBeLessThan(0.2);
  expect(veil.left + veil.width, 'up to now').toBeCloseTo(now.left, 2);
  expect(await page.locator('.value', { hasText: 'Unknown' }).count(), 'no breaker keeps its colour').toBe(4);
  await page.context().close();
});
