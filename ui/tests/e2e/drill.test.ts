/**
 * A drill played by hand, from the first failure to the recovery. What the screens say is held against the database of the
 * plane that is rehearsed on, which is read past every process. Deliberately absent: any act past the page.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { rows } from './database';
import { accessible, House, USER } from './house';

/** What the runs of the provider that fails are for; no other run has this goal. */
const GOAL = 'Write the text of a product page';
/** From the opening of a breaker until triage names the cause. */
const NAMED_WITHIN_MS = 2_000;
const OUTAGE = /Anthropic.* says that it is overloaded/;
const ISOLATED = 'their status page says overloaded';
const LIFTED = 'the reset comes next';
const RESET = 'their status page says well again';

interface Met {
  run: string;
  status: 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
  /** Attempts that were sent and failed, and those that were refused. */
  failures: number;
  refusals: number;
}
interface Happened {
  at: number;
  breaker: string;
  what: string;
  state_after: string;
  actor: string | null;
  reason: string | null;
}
interface Told {
  failed: string[];
  held: string[];
  delayed: string[];
  next: string[];
}

let house: House;
let page: Page;
beforeAll(async () => {
  house = await House.open('within');
  page = await house.page();
});
afterAll(() => house.close());

const ask = <Row>(query: string): Row[] => rows<Row>(join(house.data, 'drill/engine.db'), query);
const happened = (): Happened[] => ask<Happened>(`SELECT at, breaker, what, state_after, actor, reason FROM breaker_events WHERE breaker LIKE 'ai:anthropic%' ORDER BY ordinal`);

/** Whom the outage hurts by the runs themselves, whatever the console made of it. */
function truth(): Told {
  const met = ask<Met>(`
    SELECT runs.id AS run, runs.status,
           count(*) FILTER (WHERE attempts.breaker_verdict = 'failure') AS failures,
           count(*) FILTER (WHERE attempts.breaker_verdict = 'refused') AS refusals
    FROM runs LEFT JOIN attempts ON attempts.run_id = runs.id
    WHERE runs.goal = '${GOAL}' GROUP BY runs.id`);
  const touched = ({ failures, refusals }: Met): boolean => failures + refusals > 0;
  const named = (which: (one: Met) => boolean): string[] => met.filter(which).map(({ run }) => run).sort();
  const open = ({ status }: Met): boolean => ['queued', 'running', 'waiting'].includes(status);
  return {
    failed: named(({ status }) => status === 'failed'),
    held: named((one) => open(one) && touched(one)),
    delayed: named((one) => one.status === 'succeeded' && touched(one)),
    next: named((one) => open(one) && !touched(one)),
  };
}

const counts = ({ failed, held, delayed, next }: Told): Record<keyof Told, number> => ({ failed: failed.length, held: held.length, delayed: delayed.length, next: next.length });
const number = (text: string | null | undefined, pattern: RegExp): number => Number((pattern.exec(text ?? '')?.[1] ?? 'NaN').replaceAll(',', ''));
const dialog = (): Locator => page.getByRole('dialog');
const problem = (): Locator => page.getByRole('grid', { name: 'Problems by cause' }).getByRole('row', { name: /Anthropic/ });
const button = (name: string | RegExp): Locator => page.getByRole('button', { name, disabled: false });

async function go(key: 't' | 'b', place: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await page.waitForURL(new RegExp(`#/${place}`));
}
/** The groups of the list of the blast radius, as the page shows them. */
async function listed(): Promise<Told> {
  const lines = await page.getByRole('treegrid').getByRole('row').evaluateAll((all) =>
    all.map((row) => ({ level: row.getAttribute('aria-level'), text: row.textContent?.trim() ?? '', run: row.querySelector('a')?.getAttribute('title') ?? '' })));
  const told: Told = { failed: [], held: [], delayed: [], next: [] };
  let group: string[] = [];
  for (const { level, text, run } of lines) {
    const effect = (Object.keys(told) as (keyof Told)[]).find((one) => text.toLowerCase().startsWith(one));
    if (level === '1' && effect) group = told[effect];
    else if (level === '2') group.push(run);
  }
  for (const runs of Object.values(told)) (runs as string[]).sort();
  return told;
}
/** Both move on with the work that is submitted, so they are compared until they stand at the same moment. */
const agrees = (message: string, shown: () => Promise<unknown>, known: () => unknown): Promise<void> =>
  expect.poll(async () => ({ shown: await shown(), known: known() }), { message, timeout: 30_000, interval: 100 })
    .toSatisfy(({ shown: one, known: other }: { shown: unknown; known: unknown }) => JSON.stringify(one) === JSON.stringify(other));

async function act(reason: string): Promise<void> {
  await dialog().getByLabel(/^Reason/).fill(reason);
  await page.keyboard.press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
}

test('a drill is started, and the window says that it is one', async () => {
  await page.goto(new URL('/#/drill', page.url()).href);
  await button('Start the drill A provider is overloaded').click();
  await button('End drill').waitFor();
  await page.getByText(/loopback only/i).first().waitFor();
  await go('t', 'triage');
});

test('the breaker opens at the fifth failure, and triage names the cause within two seconds', async () => {
  const named = await page.evaluate(({ source, flags }) => new Promise<number>((resolve) => {
    const pattern = new RegExp(source, flags);
    const look = (): void => {
      const grid = document.querySelector('[role=grid][aria-label="Problems by cause"]');
      if (!pattern.test(grid?.textContent ?? '')) return;
      seen.disconnect();
      resolve(Date.now());
    };
    const seen = new MutationObserver(look);
    seen.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }), { source: OUTAGE.source, flags: OUTAGE.flags });
  const opened = happened().find(({ what }) => what === 'opened');
  expect(opened, 'the plane has written it down').toBeDefined();
  console.info(`triage named the cause ${named - opened!.at} ms after the breaker opened`);
  expect(named - opened!.at, 'milliseconds from the opening').toBeLessThanOrEqual(NAMED_WITHIN_MS);
  const failures = ask<{ sent: number }>(`SELECT count(*) AS sent FROM attempts WHERE breaker = '${opened!.breaker}' AND breaker_verdict = 'failure'`);
  expect(failures[0]?.sent, 'five failures opened it; nothing was sent since').toBe(5);
  await accessible(page, 'drill-triage');
});

test('what triage counts is what the database counts', async () => {
  await agrees('failed and held', async () => {
    const text = await problem().textContent();
    return [number(text, /([\d,]+) failed/), number(text, /([\d,]+) held/)];
  }, () => { const { failed, held } = counts(truth()); return [failed, held]; });
});

test('the blast radius is exactly the runs that the outage hurts', async () => {
  await problem().click();
  await page.keyboard.press('b');
  await page.waitForURL(/\/blast$/);
  await agrees('the runs by what happened to them', listed, truth);
  await agrees('the sentence above them', async () => {
    const text = await page.locator('header.heading p').first().textContent();
    return [number(text, /([\d,]+) runs? failed/), number(text, /([\d,]+) held/), number(text, /([\d,]+) next/), number(text, /([\d,]+) delayed/)];
  }, () => { const { failed, held, next, delayed } = counts(truth()); return [failed, held, next, delayed]; });
  expect(truth().held.length, 'there is somebody to be held').toBeGreaterThan(0);
  await accessible(page, 'drill-blast');
});

test('the provider is isolated: everything is held, nothing is sent, and a card says so after half a minute', async () => {
  await go('b', 'breakers');
  await page.getByRole('region', { name: /Anthropic.*, open/ }).click();
  await button('Isolate').click();
  await dialog().getByLabel('For how long').selectOption('15 minutes');
  await accessible(page, 'drill-isolate');
  await act(ISOLATED);
  const isolated = happened().find(({ what }) => what === 'isolated');
  expect([isolated?.state_after, isolated?.actor, isolated?.reason]).toEqual(['isolated', USER, ISOLATED]);
  await page.getByRole('complementary', { name: 'What came of acts' }).getByText(/it held: every call is refused/).waitFor({ timeout: 45_000 });
  await accessible(page, 'drill-isolated');
  await button(/^Put away/).click();
});

test('what the breaker has counted is what the database counts', async () => {
  await agrees('calls, failures and refusals', async () => {
    const text = await page.getByRole('row', { name: /The Anthropic API drill/ }).getByRole('gridcell').allInnerTexts();
    return [number(text[4], /^([\d,]+)/), number(text[4], /([\d,]+) failed/), number(text[5], /^([\d,]+)/)];
  }, () => {
    const of = (verdicts: string): number => ask<{ all: number }>(`SELECT count(*) AS 'all' FROM attempts WHERE breaker LIKE 'ai:anthropic%' AND breaker_verdict IN (${verdicts})`)[0]!.all;
    return [of(`'success', 'failure', 'ignored'`), of(`'failure'`), of(`'refused'`)];
  });
});

test('once the provider is well it is reset, what was held goes on, and a card says that it held', async () => {
  await page.goto(new URL('/#/drill', page.url()).href);
  await page.getByText(/2 of 2 played/).waitFor({ timeout: 120_000 });
  await go('b', 'breakers');
  await page.getByRole('row', { name: /The Anthropic API drill/ }).click();
  await button('Lift').first().click();
  await act(LIFTED);
  await page.getByRole('region', { name: /Anthropic.*, open/ }).getByRole('button', { name: /^Reset 1 breaker/ }).click();
  const held = truth().held.length;
  expect(number(await dialog().getByRole('radio', { name: /^Reset and release/ }).evaluate((radio) => radio.closest('label')?.textContent), /release ([\d,]+)/), 'how many are let go is said before').toBeGreaterThan(held - 3);
  await dialog().getByRole('radio', { name: /^Reset and release/ }).check();
  await accessible(page, 'drill-reset');
  await act(RESET);
  const done = happened().slice(-2).map(({ what, state_after, actor, reason }) => [what, state_after, actor, reason]);
  expect(done).toEqual([['released', 'open', USER, LIFTED], ['reset', 'closed', USER, RESET]]);
  await page.getByRole('complementary', { name: 'What came of acts' }).getByText(/^Reset of .*it held: closed for 30s/).waitFor({ timeout: 45_000 });
  await accessible(page, 'drill-held');
});

test('after the recovery nothing is held any more, and triage says what became of it', async () => {
  await expect.poll(() => truth().held, { message: 'what was held went on', timeout: 30_000 }).toEqual([]);
  await go('t', 'triage');
  await agrees('whom it hurt', async () => {
    const text = await problem().textContent();
    return [number(text, /([\d,]+) failed/), number(text, /([\d,]+) held/)];
  }, () => { const { failed, held } = counts(truth()); return [failed, held]; });
  await problem().getByText(/answers again/).first().waitFor();
  expect(happened().at(-1)?.state_after, 'and it is closed').toBe('closed');
  await accessible(page, 'drill-recovered');
});

test('the account of the drill equals what was done', async () => {
  await page.goto(new URL('/#/drill', page.url()).href);
  await button('End drill').click();
  await page.getByText(/Proof/).first().waitFor();
  const shown = await page.getByText(/figures of the database/).textContent();
  expect(number(shown, /showed ([\d,]+)/)).toBe(number(shown, /of ([\d,]+) figures/));
  await page.getByText(/at failure 5 in a row/).waitFor();
  await accessible(page, 'drill-account');
});
