/**
 * The network goes away under six open screens, for as long as `BREAKWATER_SILENCE_SECONDS` says, and comes back: what is
 * not seen is shown as not seen, at once, everywhere and said once. Deliberately absent: a faked clock, or any call past
 * the pages.
 */
import { createServer, type Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { accessible, House } from './house';
import { Network } from './network';

const SILENCE_MS = Number(process.env['BREAKWATER_SILENCE_SECONDS'] ?? '12') * 1_000;
/** From the loss of the network until every screen says so. */
const TOLD_WITHIN_MS = 2_000;
const PIER = 'pier';
const OPEN = 'keep the lamp lit';
const SCREENS = ['triage', 'runs', 'run', 'breakers', 'blast', 'readiness'] as const;
type Screen = (typeof SCREENS)[number];

/** What runs call: it is ill, or well. */
let ill = true;
let shop: Server;
let breaker: string;
let far: House;
let near: House;
let network: Network;
const pages = {} as Record<Screen, Page>;
let cutAt = 0;

/** Starts a run over there; says its id. */
async function start(goal: string, steps: unknown, ...further: string[]): Promise<string> {
  const file = join(far.data, 'plan.json');
  writeFileSync(file, JSON.stringify({ goal, steps }));
  return /"id":\s*"([^"]+)"/.exec(await far.terminal('runs', 'create', '--file', file, '-o', 'json', ...further))?.[1] ?? '';
}
const asks = (): unknown[] => [{ name: 'ask', tool: 'http', inputs: { url: `http://${breaker.slice('http:'.length)}` }, retry: { max_attempts: 1 } }];
const state = async (): Promise<string> => (JSON.parse(await far.terminal('breakers', 'ls', '-o', 'json')) as { id: string; state: string }[]).find(({ id }) => id === breaker)?.state ?? 'none';

/** A breaker that has seen one good probe of two, a run that fails, one that goes on, and one that waits for a person. */
async function harbour(): Promise<string> {
  shop = createServer((_, reply) => reply.writeHead(ill ? 503 : 200).end('{}'));
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const bound = shop.address();
  breaker = `http:127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
  const goes = await start(OPEN, [{ name: 'lamp', tool: 'wait', inputs: { duration: '2h' } }]);
  for (let failed = 0; failed < 5; failed += 1) await expect(start('ask the shop', asks(), '--watch'), 'the run fails').rejects.toThrow();
  await expect.poll(state).toBe('open');
  ill = false;
  await far.terminal('breakers', 'probe', breaker, '--reason', 'the shop says that it is well');
  await start('ask the shop', asks(), '--watch');
  await expect.poll(state, { message: 'one of two probes has passed' }).toBe('half_open');
  return goes;
}

async function connect(page: Page): Promise<void> {
  const token = /\bbw_\w+/.exec(await far.terminal('token', 'create', 'the other house'))?.[0] ?? '';
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByRole('button', { name: 'Connect a plane' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill(network.address);
  await dialog.getByLabel('Name').fill(PIER);
  await dialog.getByRole('textbox', { name: 'Token' }).fill(token);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** Everything that is said to a reader who does not look, from now on. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const said: string[] = [];
    (globalThis as unknown as { said: string[] }).said = said;
    const quiet = (element: Element): boolean => element.closest('[aria-live=off]') !== null;
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest('[aria-live], [role=status], [role=alert]');
        if (region && !quiet(region) && region.textContent?.trim()) said.push(region.textContent.trim());
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
const said = (page: Page): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);

/** Whether the line of coverage of this connection ends in a hatch, and how much of the past it is. */
const hatched = (page: Page): Promise<number> => page.evaluate((name) => {
  const row = [...document.querySelectorAll('.name')].find((one) => one.textContent === name);
  const index = row ? [...row.parentElement!.querySelectorAll('.name')].indexOf(row) : -1;
  const line = document.querySelectorAll('.lines .line')[index];
  const edge = (one: Element): number => Number.parseFloat((one as HTMLElement).style.left) + Number.parseFloat((one as HTMLElement).style.width);
  const gaps = [...(line?.querySelectorAll('.gap') ?? [])];
  const last = gaps.sort((a, b) => edge(b) - edge(a))[0];
  const watched = Math.max(...[...(line?.querySelectorAll('.watched') ?? [])].map(edge));
  return last && edge(last) > watched ? Number.parseFloat((last as HTMLElement).style.width) : 0;
}, PIER);

const offline = (page: Page): Locator => page.getByText(new RegExp(`^${PIER} is offline`)).first();
/** What each screen shows once it knows; each of these has the age of what it shows. */
const KNOWS: Record<Screen, (page: Page) => readonly Locator[]> = {
  triage: (page) => [
    page.getByRole('list', { name: 'Connections' }).locator('li.silent', { hasText: PIER }).getByText(/ago|old/).first(),
    page.getByRole('row', { name: new RegExp(`${PIER} does not answer`) }),
    page.getByRole('row', { name: /is not observed|was half-open when last seen/ }),
  ],
  runs: (page) => [offline(page), page.getByRole('row', { name: new RegExp(OPEN) }).getByText('Unknown', { exact: true })],
  run: (page) => [page.getByText(/was running when last seen|was waiting when last seen/), page.locator('#run-part.stale-colours')],
  breakers: (page) => [offline(page), page.getByRole('row', { name: new RegExp(`Unknown.*${breaker.slice(5)}`) }).getByText('last seen half-open').first()],
  blast: (page) => [offline(page), page.getByText(/When last seen, the breaker/)],
  readiness: (page) => {
    const cell = page.locator('li.unseen', { hasText: PIER });
    return [cell.locator('.age.old'), cell.getByText('Unknown', { exact: true }).first()];
  },
};

beforeAll(async () => {
  [far, near] = await Promise.all([House.open('apart'), House.open('within')]);
  network = await Network.to(far.planeAddress);
});
afterAll(async () => {
  await Promise.all([near.close(), far.close()]);
  await network.cut();
  shop.close();
});

test('six screens are open over a network, and each is live', async () => {
  const run = await harbour();
  pages.triage = await near.page();
  await connect(pages.triage);
  for (const screen of SCREENS.slice(1)) pages[screen] = await near.page();
  const pier = await pages.triage.evaluate(() => /connection=([\w-]+)/.exec(location.hash)?.[1] ?? '');
  const places: Record<Screen, string> = { triage: 'triage', runs: 'runs', run: `runs/${pier}/${run}`, breakers: 'breakers', blast: `breakers/${pier}/${encodeURIComponent(breaker)}/blast`, readiness: 'readiness' };
  for (const screen of SCREENS) await pages[screen].goto(new URL(`/#/${places[screen]}`, pages[screen].url()).href);
  await pages.breakers.getByText('Half-open').first().waitFor();
  await pages.run.getByRole('heading', { level: 1, name: OPEN }).waitFor();
  await pages.runs.getByText(OPEN).first().waitFor();
  await pages.blast.getByRole('heading', { level: 1 }).waitFor();
  await pages.readiness.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => hatched(pages.triage), { message: 'it is watched' }).toBe(0);
});

test('within two seconds every screen says that it is not heard, and how old what it shows is', async () => {
  // What was news before is said to its end first.
  for (const page of Object.values(pages)) await expect.poll(() => page.locator('[role=status][aria-live=polite]').allTextContents(), { timeout: 30_000 }).toSatisfy((all: string[]) => all.every((text) => text === ''));
  for (const page of Object.values(pages)) await listen(page);
  cutAt = Date.now();
  await network.cut();
  const after = await Promise.all(SCREENS.map(async (screen) => {
    for (const sign of KNOWS[screen](pages[screen])) await sign.waitFor();
    return [screen, Date.now() - cutAt] as const;
  }));
  console.info('told after, in milliseconds:', Object.fromEntries(after));
  for (const [screen, ms] of after) expect(ms, screen).toBeLessThanOrEqual(TOLD_WITHIN_MS);
  await expect.poll(() => hatched(pages.triage), { message: 'nobody watches' }).toBeGreaterThan(0);
  for (const screen of SCREENS) await accessible(pages[screen], `silence-${screen}`);
});

test('as long as it lasts the gap grows, the ages grow, and nothing is said again', async () => {
  const before = await hatched(pages.triage);
  await expect.poll(() => Date.now() - cutAt, { timeout: SILENCE_MS + 60_000, interval: 250 }).toBeGreaterThan(SILENCE_MS);
  expect(await hatched(pages.triage), 'the hatch goes on with time').toBeGreaterThan(before);
  for (const screen of SCREENS) {
    for (const sign of KNOWS[screen](pages[screen])) expect(await sign.isVisible(), `${screen} says it still`).toBe(true);
    const heard = await said(pages[screen]);
    expect(heard, `${screen} says it once`).toEqual([expect.stringContaining(`${PIER} is offline`)]);
  }
}, SILENCE_MS + 120_000);

test('once the network is back every screen is as it is over there, and the gap stays a gap', async () => {
  await start('what nobody saw', [{ name: 'say', tool: 'echo', inputs: { message: 'while it was silent' } }], '--watch');
  const gap = await hatched(pages.triage);
  await network.mend();
  await pages.runs.getByText('what nobody saw').first().waitFor({ timeout: 60_000 });
  await pages.breakers.getByRole('row', { name: new RegExp(`Half-open.*${breaker.slice(5)}`) }).waitFor();
  for (const screen of SCREENS) await offline(pages[screen]).waitFor({ state: 'detached' });
  await expect.poll(() => hatched(pages.triage), { message: 'it is watched again' }).toBe(0);
  const gaps = await pages.triage.locator('.lines .line .gap').evaluateAll((all) => all.map((one) => Number.parseFloat((one as HTMLElement).style.width)));
  expect(gaps.some((width) => width > 0 && width >= gap * 0.5), 'what nobody saw stays hatched').toBe(true);
  const lane = pages.triage.locator('.lane', { hasText: breaker.slice('http:'.length) }).first().locator('.plot .time-unseen');
  const unseen = await lane.evaluateAll((all) => all.map((one) => Number.parseFloat((one as HTMLElement).style.width)));
  expect(unseen.some((width) => width >= gap * 0.5), 'also in the lane of its breaker, whatever is known of that time now').toBe(true);
  await start('ask the shop', asks(), '--watch');
  await pages.breakers.getByRole('row', { name: new RegExp(`Closed.*${breaker.slice(5)}`) }).waitFor();
  for (const screen of SCREENS) await accessible(pages[screen], `silence-over-${screen}`);
});
