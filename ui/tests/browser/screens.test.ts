import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { lumenView } from '../incident/lumen';
import { LUMEN } from '../incident/runs';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  stage.console.handlers = incident();
});
afterAll(() => stage.close());

const RUN = `#/runs/flow-eu/${LUMEN}`;
const SCREENS: [name: string, hash: string, ready: string, act?: (page: Page) => Promise<unknown>][] = [
  ['runs, all', '#/runs', '[role=row][aria-selected]'],
  ['runs, grouped and inspected', `#/runs?q=${encodeURIComponent('status:failed created:24h')}&run=flow-eu/${LUMEN}`, 'aside .glyph'],
  ['runs, nothing matches', '#/runs?q=zzz', 'text=match'],
  ['runs, a wrong filter', '#/runs?q=status:faild', 'text=status:failed?'],
  ['run, timeline', RUN, '.steps button'],
  ['run, input and output', `${RUN}?tab=io`, '.code'],
  ['run, events', `${RUN}?tab=events`, 'text=gate.opened'],
  ['run, audit', `${RUN}?tab=audit`, 'text=Done'],
  ['run, not there', '#/runs/flow-eu/run_nope', 'text=There is no run'],
  ['start a run', '#/runs', '[role=row][aria-selected]', async (page) => {
    await page.keyboard.press('n');
    await page.getByText('Your own plan').click();
    await page.getByLabel('Plan', { exact: true }).fill('{}');
    await page.getByText('2 faults').waitFor();
  }],
  ['retry', RUN, '.steps button', async (page) => {
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
  }],
  ['create a store', '#/stores', 'text=What it waits for', async (page) => {
    await page.keyboard.press('c');
    await page.getByLabel('Name').fill('Nordlys Outdoor EU!');
    await page.getByText('is not allowed').waitFor();
  }],
  ['delete a store', '#/stores', 'text=What it waits for', async (page) => {
    await page.getByRole('button', { name: /^Delete 1 store/ }).click();
    await page.getByRole('dialog').waitFor();
  }],
  ['invite somebody', '#/teams', 'text=Who may do what', async (page) => {
    await page.keyboard.press('i');
    await page.getByLabel('E-mail address').fill('noor@harbor');
    await page.getByText('It is not complete').waitFor();
  }],
  ['change a role', '#/teams', 'text=Who may do what', async (page) => {
    await page.getByRole('button', { name: /^Role of Kenji/ }).click();
    await page.getByRole('dialog').waitFor();
  }],
  ['make a key', '#/teams', 'text=Who may do what', async (page) => {
    await page.getByRole('button', { name: /^Make 1 key/ }).click();
    await page.getByRole('dialog').waitFor();
  }],
  ['put dead letters back', '#/connections?connection=nofx-eu', 'text=Dead letters', async (page) => {
    await page.getByRole('button', { name: /^Put dead letters back/ }).click();
    await page.getByLabel('At most').fill('501');
    await page.getByText('At most 500').waitFor();
  }],
  ['keys', '#/runs', '[role=row][aria-selected]', async (page) => {
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
  }],
];
const LOOKS: [string, Look][] = [
  ['dark, wide', { theme: 'dark' }],
  ['light, 1024', { theme: 'light', width: 1024, height: 700 }],
];

describe.each(LOOKS)('%s', (_, look) => {
  test.each(SCREENS)('%s', async (_name, hash, ready, act) => {
    const page = await stage.page(hash, look);
    await page.locator(ready).first().waitFor();
    await act?.(page);
    expect(await violations(page), 'a screen must be usable by everyone').toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, 'nothing scrolls sideways').toBe(0);
    await page.context().close();
  });
});

test('high contrast breaks no rule either', async () => {
  const page = await stage.page(RUN, { theme: 'light', contrast: 'more' });
  await page.locator('.steps button').first().waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset['contrast']), 'the system’s wish is followed').toBe('more');
  expect(await violations(page), 'seven to one is asked for').toEqual([]);
  await page.context().close();
});

test('what scrolls can be scrolled by keys, also where nothing in it can be pressed', async () => {
  const whole = stage.console.handlers['runs.get'];
  const [first] = lumenView.steps;
  const many = Array.from({ length: 20 }, (_, n) => ({ ...lumenView.steps[4]!.attempts[0]!, number: n + 1 }));
  stage.console.handlers['runs.get'] = () => ({ ...lumenView, open_gates: 0, metadata: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`fact ${n}`, n])), steps: [{ ...first!, name: 'only', attempts: many, inputs: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`key ${n}`, n])) }] });
  for (const tab of ['timeline', 'io']) {
    const page = await stage.page(`${RUN}?tab=${tab}&step=only`, { width: 1024, height: 700 });
    await page.locator(tab === 'io' ? '.code' : '.attempts').first().waitFor();
    expect(await violations(page), `${tab}: a keyboard reaches all of it`).toEqual([]);
    await page.context().close();
  }
  if (whole) stage.console.handlers['runs.get'] = whole;
});
