/**
 * Two people with a console each: one founds a team and invites the other, and both see what each may do there, what was
 * refused and why, and who did it. Deliberately absent: any call past the pages.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { accessible, House, USER } from './house';

const TEAM = 'harbour lights';
/** Another team of the same plane, in which Ana may do more: then only the plane knows what she may do to a run. */
const OTHER = 'south pier';
const EMAIL = 'ana.berg@harbour.example';
/** What Ana calls the plane of the other house. */
const PIER = 'pier';
const NORTH = 'trim the north lamp';
const SOUTH = 'polish the south lens';
const PASSWORD = 'four calm words at sea';
const plan = (goal: string): string => JSON.stringify({ goal, steps: [{ name: 'release', tool: 'manual:release', inputs: { question: 'Light it up?' } }] });

let harbour: House;
let flat: House;
/** The page of the operator of the plane, who founds the team. */
let operator: Page;
let ana: Page;
/** As the page of the operator told it. */
let invitation = '';
beforeAll(async () => {
  [harbour, flat] = await Promise.all([House.open(), House.open('within')]);
  [operator, ana] = await Promise.all([harbour.page(), flat.page()]);
});
afterAll(() => Promise.all([harbour.close(), flat.close()]));

const dialog = (page: Page): Locator => page.getByRole('dialog');
const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

async function go(page: Page, place: 'runs' | 'teams' | 'connections'): Promise<void> {
  const key = { runs: 'r', teams: 'm', connections: 'o' }[place];
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await page.waitForURL(new RegExp(`#/${place}`));
}
async function openTeam(page: Page): Promise<void> {
  await go(page, 'teams');
  await page.getByRole('navigation', { name: 'Teams' }).getByRole('link', { name: TEAM }).click();
  await heading(page, TEAM);
}
async function because(page: Page, reason: string): Promise<void> {
  await dialog(page).getByLabel(/^Reason/).fill(reason);
  await page.keyboard.press('Control+Enter');
}
async function done(page: Page, reason: string): Promise<void> {
  await because(page, reason);
  await dialog(page).waitFor({ state: 'detached' });
}
async function start(page: Page, goal: string, choose: (inside: Locator) => Promise<unknown>): Promise<void> {
  await go(page, 'runs');
  await page.getByRole('button', { name: 'Start run' }).first().click();
  await choose(dialog(page));
  await dialog(page).getByRole('button', { name: /Your own plan/ }).click();
  await dialog(page).getByLabel('Plan', { exact: true }).fill(plan(goal));
  await dialog(page).locator('button:not([aria-disabled])', { hasText: /Start 1 run/ }).click();
  await heading(page, goal);
}
async function found(name: string, reason: string): Promise<void> {
  await go(operator, 'teams');
  await operator.getByRole('button', { name: 'Make 1 team' }).click();
  await dialog(operator).getByLabel('Name').fill(name);
  await done(operator, reason);
  await heading(operator, name);
}
/** Gives the invitation, which the page shows once. */
async function invite(role: string, reason: string): Promise<string> {
  await operator.getByRole('button', { name: /^Invite 1 person/ }).click();
  await dialog(operator).getByLabel('E-mail address').fill(EMAIL);
  await dialog(operator).getByLabel(role).check();
  await done(operator, reason);
  const shown = operator.getByRole('textbox', { name: `Invitation of ${EMAIL}` });
  await shown.waitFor();
  await expect.poll(() => shown.evaluate((field) => field === document.activeElement), { message: 'the reader is led to it' }).toBe(true);
  return shown.inputValue();
}
async function takeUp(token: string, password: string): Promise<void> {
  await dialog(ana).getByLabel('I have an invitation').check();
  await dialog(ana).getByLabel('Invitation', { exact: true }).fill(token);
  await dialog(ana).getByLabel('New password').fill(password);
  await ana.keyboard.press('Enter');
}
async function openRun(goal: string): Promise<void> {
  await go(ana, 'runs');
  await ana.getByText(goal).first().dblclick();
  await heading(ana, goal);
}
async function giveRole(from: string, to: string, reason: string): Promise<void> {
  await operator.getByRole('button', { name: `Role of Ana Berg: ${from}` }).click();
  await dialog(operator).getByLabel(to).check();
  await done(operator, reason);
  await operator.getByRole('button', { name: `Role of Ana Berg: ${to}` }).waitFor();
}
/** What the plane said no with, and whom it says to ask. */
async function refused(within: Locator, needs: string, who: string): Promise<void> {
  const said = within.getByRole('alert');
  await said.getByText(`this needs the permission \`${needs}\` in the team`).waitFor();
  await said.getByText(`Ask somebody who has it: usually ${who}.`).waitFor();
}
async function notForUs(button: Locator, why: string): Promise<void> {
  await button.waitFor();
  expect(await button.getAttribute('aria-disabled'), why).toBe('true');
  expect(await button.textContent()).toContain(why);
  await button.click({ force: true });
  expect(await button.page().getByRole('dialog').count(), 'nothing opens').toBe(0);
}

test('the operator founds a team and starts a run in it', async () => {
  await operator.getByRole('heading', { name: 'Start a run, or connect a control plane' }).waitFor();
  await found(TEAM, 'the harbour gets lights');
  await operator.getByText('Nobody is a member yet').waitFor();
  await start(operator, NORTH, (inside) => inside.getByLabel('Team', { exact: true }).selectOption(TEAM));
});

test('an invitation is shown once, to be handed over', async () => {
  await openTeam(operator);
  invitation = await invite('Viewer', 'she keeps the watch');
  expect(invitation).toMatch(/^bwi_\w{40,}$/);
  await accessible(operator, 'team-invitation');
  await operator.getByRole('button', { name: 'Close and forget' }).click();
  await operator.reload();
  await operator.getByRole('button', { name: `Resend the invitation of ${EMAIL}` }).waitFor();
  expect(await operator.content(), 'and never again').not.toContain(invitation);
});

test('the invited person connects the plane, takes the invitation up and sees the team and its run', async () => {
  await go(ana, 'connections');
  await ana.getByRole('button', { name: 'Connect a plane' }).click();
  await dialog(ana).getByLabel('Address').fill(harbour.planeAddress);
  await dialog(ana).getByLabel('Name').fill(PIER);
  await ana.keyboard.press('Enter');
  await dialog(ana).getByRole('button', { name: `Sign in on ${PIER}` }).click();
  await takeUp(invitation, 'too short');
  await dialog(ana).locator('.fault', { hasText: '12' }).waitFor();
  await accessible(ana, 'team-sign-in');
  await dialog(ana).getByLabel('Your name').fill('Ana Berg');
  await takeUp(invitation, PASSWORD);
  await dialog(ana).waitFor({ state: 'detached' });
  await ana.getByText(`${EMAIL}, viewer of ${TEAM}`).waitFor();

  await openTeam(ana);
  await ana.getByRole('row', { name: /Ana Berg.*Viewer/ }).waitFor();
  await openRun(NORTH);
});

test('what a viewer may not do says what it takes, and whom to ask', async () => {
  await notForUs(ana.getByRole('button', { name: /^Cancel 1 run/ }), `this takes the permission to change in ${TEAM} on ${PIER}, which you do not have; ask an admin of the team`);
  await openTeam(ana);
  await notForUs(ana.getByRole('button', { name: /^Invite 1 person/ }), 'Only an owner or admin may invite; you are a viewer');
  await notForUs(ana.getByRole('button', { name: /^Role of Ana Berg/ }), 'Only an owner or admin may change a role; you are a viewer');
  await ana.getByText('Only an owner or admin may read the audit; you are a viewer.').waitFor();
  await accessible(ana, 'team-viewer');
});

test('what she may in one team and not in another is refused by the plane with the reason', async () => {
  await found(OTHER, 'the pier has lamps too');
  const second = await invite('Member', 'she trims them');
  await go(ana, 'connections');
  await ana.getByRole('button', { name: new RegExp(`^${PIER}`) }).click();
  await ana.getByRole('button', { name: 'Sign in again' }).click();
  await takeUp(second, PASSWORD);
  await dialog(ana).waitFor({ state: 'detached' });
  await ana.getByText(`member of ${OTHER}`).waitFor();
  await openRun(NORTH);
  await ana.getByRole('button', { name: /^Cancel 1 run/ }).click();
  await because(ana, 'the lamp smokes');
  await refused(dialog(ana), 'write', 'owner, admin, member');
});

test('another role allows just what it says', async () => {
  await openTeam(operator);
  await giveRole('Viewer', 'Member', 'she knows the lamps');
  // The dialog is still open, with the reason that was refused.
  await ana.keyboard.press('Control+Enter');
  await dialog(ana).waitFor({ state: 'detached' });
  await ana.getByText('Cancelled', { exact: true }).first().waitFor();

  await start(ana, SOUTH, async (inside) => {
    await inside.getByLabel('Where').selectOption(PIER);
    await inside.getByLabel('Team', { exact: true }).selectOption(TEAM);
  });
  await notForUs(ana.getByRole('button', { name: /^Approve 1 gate/ }), `this takes the permission to decide in your teams on ${PIER}, which you do not have; ask an admin of the team`);
  await openTeam(ana);
  await notForUs(ana.getByRole('button', { name: /^Delete/ }), 'Only the owner may delete the team; you are a member');
});

test('a role that is taken back is refused again', async () => {
  await giveRole('Member', 'Viewer', 'her watch is over');
  await openRun(SOUTH);
  await ana.getByRole('button', { name: /^Cancel 1 run/ }).click();
  await because(ana, 'I am off');
  await refused(dialog(ana), 'write', 'owner, admin, member');
  await ana.keyboard.press('Escape');
});

test('the operator reads in the audit who did what, what was refused, and for which reason', async () => {
  const audit = operator.getByRole('region', { name: 'Audit', exact: true });
  const entries = (): Promise<string[]> => audit.getByRole('listitem').evaluateAll((all) => all.map((one) => [...one.querySelectorAll('.what > *, .outcome')].map((part) => part.textContent?.trim().replace(/run_\S+/, 'run')).join('; ')));
  const tried = `${EMAIL} tried to cancel run; Refused: forbidden`;
  // It is asked for anew every 15 seconds while somebody looks.
  await expect.poll(entries, { timeout: 45_000 }).toEqual([
    tried,
    `${USER} changed the role of ${EMAIL}; member → viewer, "her watch is over"; Done`,
    `${EMAIL} started run; ${SOUTH}; Done`,
    `${EMAIL} cancelled run; before: waiting, "the lamp smokes"; Done`,
    `${USER} changed the role of ${EMAIL}; viewer → member, "she knows the lamps"; Done`,
    tried,
    `${EMAIL} took up the invitation; as viewer; Done`,
    `${USER} invited ${EMAIL}; as viewer, "she keeps the watch"; Done`,
    `${USER} started run; ${NORTH}; Done`,
    `${USER} made the team ${TEAM}; "the harbour gets lights"; Done`,
  ]);
  await audit.getByRole('button', { name: 'Refused', exact: true }).click();
  expect(await entries()).toEqual([tried, tried]);
  await audit.getByRole('button', { name: /^Verify the chain/ }).click();
  await audit.getByText(/^chain whole, \d+ entries, head [0-9a-f]{12}$/).waitFor();
  await accessible(operator, 'team-audit');
});
