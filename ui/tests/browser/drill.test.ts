/** Drill mode in a real browser: usable by everyone in every look, and framed so that nobody takes it for the real thing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connection, connections } from '../incident/around';
import { ended, idle, playing, scenarios } from '../incident/drill';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

const LOOKS: [string, Look][] = [
  ['dark, wide', { theme: 'dark' }],
  ['light, 1024', { theme: 'light', width: 1024, height: 700 }],
  ['dark, high contrast', { theme: 'dark', contrast: 'more' }],
];
const drill = connection('drill', { environment: 'drill', credential: 'not_needed' });
const handlers = (goes: boolean, scope: string | null) => ({
  ...incident(),
  'connections.list': () => (goes ? [...connections, drill] : connections),
  'preferences.get': () => ({ 'scope.connection': scope }) as never,
  'drill.scenarios': () => scenarios,
  'drill.status': () => ({ ...idle, playing: goes ? playing : null }),
  'drill.results': () => [ended],
});

describe.each(LOOKS)('%s', (_name, look) => {
  test.each([
    ['what can be rehearsed', false, '#/drill', 'text=Earlier drills'],
    ['a drill that goes', true, '#/drill', 'text=What is asked of you'],
    ['what a drill came to', false, '#/drill?drill=drill_1', 'text=Scorecard'],
  ] as const)('%s', async (_what, goes, hash, ready) => {
    stage.console.handlers = handlers(goes, goes ? 'drill' : null);
    const page = await stage.page(hash, look);
    await page.locator(ready).first().waitFor();
    expect(await violations(page), 'a screen must be usable by everyone').toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, 'nothing scrolls sideways').toBeLessThanOrEqual(0);
    const frame = await page.locator('.frame').evaluate((element) => getComputedStyle(element, '::before').borderTopStyle);
    expect(frame === 'double', 'the frame is that of a drill only while one is on screen').toBe(goes);
    if (goes) await page.getByText('Not real, loopback only').waitFor();
    await page.context().close();
  });
});
