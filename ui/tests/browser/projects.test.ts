import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { connection, projectPlane, storePlatform } from '../incident/around';
import { lumenView } from '../incident/lumen';
import { atlas, gates, harbor, LIVE, passed, projectEvents, provenWork, READY, readyProjects, toldOf } from '../incident/projects';
import { violations } from './axe';
import { incident } from './incident-console';
import { Stage, type Look } from './page';
import { Refusal } from './scripted-console';

let stage: Stage;
/** The moment at which the verdict can be given. */
beforeEach(async () => {
  stage = await Stage.open();
  stage.console.handlers = { ...incident(), 'connections.list': () => [connection('flow-eu'), storePlatform(), projectPlane({}, 'polled', READY)], 'projects.list': () => ({ items: readyProjects, more: false }), 'projects.work': () => toldOf(provenWork, { freshness: LIVE }) };
});
afterEach(() => stage.close());

const PROJECT = `#/projects/${atlas.connection}/${atlas.run}`;
const at = { now: READY };
const sent = (command: string) => stage.console.calls.filter((call) => call.command === command).map((call) => call.request);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

test('the keyboard goes to the projects, chooses one, opens it, reaches its acts, and comes back to its row', async () => {
  const page = await stage.page('#/runs', at);
  await page.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('grid', { name: 'Projects' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(page), { message: 'the row has the focus' }).toContain('harbor-returns');
  expect(await page.getByText('Tasks by agent').count(), 'choosing opens nothing').toBe(0);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Project harbor-returns' }).waitFor();
  expect(page.url(), 'a link leads there').toContain(`#/projects/projects-eu/${harbor.run}`);
  expect(await focused(page), 'and the list keeps the focus').toContain('harbor-returns');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByText('What G8 needs').waitFor();
  await page.keyboard.press('Tab');
  expect(await focused(page), 'the gates come after the list').toContain('Intake');
  await page.keyboard.press('Enter');
  await page.getByText('What G1 needs').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('What G1 needs').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page), { message: 'back on its row' }).toContain('atlas-loyalty');
  await page.goBack();
  await page.getByText('What G1 needs').waitFor();
});

test('an approval is sent by keys, and the step after it is the start of the next agents', async () => {
  let approved = false;
  const next = { ...atlas, freshness: LIVE, steps: gates([...passed.slice(0, 7), [READY, 'Mira Halvorsen']], { status: 'waiting', at: READY }) };
  stage.console.handlers['projects.list'] = () => ({ items: approved ? [next] : readyProjects, more: false });
  stage.console.handlers['gates.approve'] = () => { approved = true; return lumenView; };
  stage.console.handlers['projects.act'] = () => toldOf(provenWork, { freshness: LIVE });
  const page = await stage.page(PROJECT, at);
  await page.getByText('What G8 needs').waitFor();
  await page.getByLabel('Reason, shown to the agents').fill('smoke tests pass');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Next step: start the agents after G8' }).waitFor();
  expect(sent('gates.approve'), 'where, which gate and why').toEqual([{ connection: 'projects-eu', run: atlas.run, step: 'G8', reason: 'smoke tests pass' }]);
  await page.getByRole('button', { name: 'Start the next agents' }).click();
  await page.getByLabel('Reason, kept').fill('G8 is approved');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(sent('projects.act'), 'a second call').toEqual([{ connection: 'projects-eu', run: atlas.run, act: { act: 'go_on', gate: 'G8' }, reason: 'G8 is approved' }]);
});

test('many projects stay above the one that is open, and the chosen row is in sight', async () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ ...atlas, freshness: LIVE, run: `cm${index}`, name: `project ${String(index).padStart(2, '0')}` }));
  stage.console.handlers['projects.list'] = () => ({ items: many, more: false });
  const page = await stage.page('#/projects/projects-eu/cm0', { ...at, width: 1024, height: 700 });
  await page.getByText('What G8 needs').waitFor();
  for (let n = 0; n < 40; n += 1) await page.keyboard.press('j');
  const row = page.getByRole('row', { selected: true });
  expect(await row.textContent()).toContain('project 40');
  const box = (await row.boundingBox())!;
  const list = (await page.locator('.list').boundingBox())!;
  expect(box.y >= list.y && box.y + box.height <= list.y + list.height, 'within the list').toBe(true);
});

const SCENES: [name: string, hash: string, ready: string, act?: (page: Page) => Promise<unknown>][] = [
  ['the list', '#/projects', 'text=quay-search'],
  ['a verdict to give', PROJECT, 'text=Tasks by agent'],
  ['blocked, with open deliverables and a blocker', `#/projects/projects-eu/${harbor.run}`, 'text=Tasks by agent'],
  ['nothing told', PROJECT, 'text=Not told'],
  ['not readable', '#/projects', 'text=The cache cannot be read'],
  ['not permitted', PROJECT, 'text=tells no more of its projects'],
  ['no plane', '#/projects', 'text=No plane with projects is connected'],
  ['no plane that may', '#/projects', 'text=No connected plane tells of its projects'],
  ['no such project', '#/projects/projects-eu/nope', 'text=There is no such project'],
  ['no match', '#/projects', 'text=quay-search', async (page) => {
    stage.console.handlers['projects.list'] = () => ({ items: readyProjects.slice(0, 2), more: false });
    stage.console.emit({ type: 'stale', tags: [{ noun: 'projects' }] });
    await page.getByRole('button', { name: 'Waits for me 0' }).click();
    await page.getByText('0 of 2 projects match').waitFor();
  }],
  ['add a proof', PROJECT, 'text=Tasks by agent', async (page) => {
    await page.getByRole('button', { name: 'Add a proof' }).click();
    await page.getByRole('dialog').waitFor();
  }],
  ['a new project', '#/projects', 'text=quay-search', async (page) => {
    await page.keyboard.press('c');
    await page.getByLabel('Description').fill('too short');
    await page.getByText('1 more.').waitFor();
  }],
];
const LOOKS: [string, Look][] = [['dark, wide', { ...at }], ['light, 1024', { ...at, theme: 'light', width: 1024, height: 700 }], ['high contrast', { ...at, contrast: 'more' }]];

describe.each(LOOKS)('%s', (_, look) => {
  test.each(SCENES)('%s', async (name, hash, ready, act) => {
    if (name === 'not readable') stage.console.handlers['projects.list'] = () => { throw new Refusal(503, { code: 'cache', message: 'The cache cannot be read.', correlationId: 'req-503' }); };
    if (name === 'not permitted') stage.console.handlers['projects.work'] = () => toldOf(null, { refusal: 'the token may not read it' });
    if (name.startsWith('no plane')) Object.assign(stage.console.handlers, { 'projects.list': () => ({ items: [], more: false }), 'connections.list': () => [connection('flow-eu', name === 'no plane' ? {} : { kind: 'fuzzyllama' })] });
    if (name === 'a verdict to give') stage.console.handlers['runs.events'] = () => ({ items: Array.from({ length: 40 }, (_, index) => ({ ...projectEvents[2]!, seq: index + 1 })), next: null, last_seq: 40, complete: true, freshness: LIVE });
    if (name === 'nothing told') stage.console.handlers['projects.work'] = () => toldOf({ needs: null, deliverables: null, tasks: null, executions: null, documents: null, costs: null, blockers: null }, { freshness: LIVE });
    if (name.startsWith('blocked')) stage.console.handlers['projects.work'] = () => toldOf({ ...provenWork, deliverables: provenWork.deliverables!.map((one) => ({ ...one, status: 'in_review' as const })), blockers: provenWork.blockers!.map((one) => ({ ...one, resolved_at: null })) }, { freshness: LIVE });
    const page = await stage.page(hash, look);
    await page.locator(ready).first().waitFor();
    await act?.(page);
    expect(await violations(page), 'a screen must be usable by everyone').toEqual([]);
    const wider = await page.evaluate(() => [...document.querySelectorAll('html, main, .page, .list, .detail, .rail')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className));
    expect(wider, 'nothing scrolls sideways').toEqual([]);
  });
});

test.each(LOOKS)('%s: while the plane is silent, with acts that say why not', async (_, look) => {
  stage.console.handlers = { ...incident(), 'connections.list': () => [connection('flow-eu'), projectPlane({}, 'offline')] };
  const page = await stage.page(PROJECT, { ...look, now: '2026-08-22T03:14:22.000Z' });
  await page.getByRole('heading', { name: 'When last seen, 1 gate was short of one proof' }).waitFor();
  await page.getByText('Tasks by agent').waitFor();
  expect(await page.getByRole('button', { name: /^Approve 1 gate/ }).getAttribute('aria-disabled')).toBe('true');
  expect(await page.getByRole('navigation').getByText('gates that wait are not known').count(), 'the rail does not know either').toBe(1);
  expect(await violations(page), 'a screen must be usable by everyone').toEqual([]);
});
