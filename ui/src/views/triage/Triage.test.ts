import { render, screen, within } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import { connection, connections } from '../../../tests/incident/around';
import { ANTHROPIC, blast, calm, coverage, nightActs, problems, triage } from '../../../tests/incident/triage';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { ConnectionView } from '../../rpc/schema';
import TriageView from './Triage.svelte';
import { KEPT_MS, Problems } from './resolved.svelte';

async function show(of: Record<string, (request: never) => unknown> = {}, planes: readonly ConnectionView[] = connections) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'triage.get': () => triage, 'coverage.get': () => coverage, 'acts.list': () => nightActs, 'breakers.blast_radius': () => blast, 'connections.list': () => planes, ...of }));
  session.connections.resource.want(null, []);
  location.hash = '#/triage';
  session.router.route = { ...session.router.route, name: 'triage', query: {} };
  render(TriageView, { context });
  await screen.findByRole('heading', { level: 1 });
  const press = async (key: string) => {
    session.keys.handle(new KeyboardEvent('keydown', { key, cancelable: true }));
    flushSync();
    await tick();
  };
  return { session, platform, press };
}
const rows = () => within(screen.getByRole('grid', { name: 'Problems by cause' })).getAllByRole('row').slice(1);
const chosen = () => rows().findIndex((row) => row.getAttribute('aria-selected') === 'true');

test('the page says the cause first, then whom it hurts', async () => {
  await show();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('One cause explains 37 of 39 failed runs');
  const panel = await screen.findByRole('region', { name: 'Blast radius: anthropic' });
  expect(await within(panel).findByText('9 after sending, 28 refused')).toBeTruthy();
  expect(within(panel).getByText('held before codegen').parentElement?.parentElement?.textContent).toContain('14');
  expect(within(panel).getByText(/^Safest now: wait for the probe/)).toBeTruthy();
  expect(screen.getByText(/2 failed runs stand alone/).querySelectorAll('a'), 'each with its evidence').toHaveLength(2);
});

test('letters and arrows go through the problems, Enter and B open the evidence', async () => {
  const { session, press } = await show();
  const went = vi.spyOn(session.router, 'go').mockImplementation(() => undefined);
  await press('j');
  await press('ArrowDown');
  expect(chosen()).toBe(2);
  expect(screen.getByRole('region', { name: 'Selected problem' }).textContent, 'the panel follows').toContain('projects-eu answers late');
  await press('Enter');
  expect(went).toHaveBeenLastCalledWith('#/connections?connection=projects-eu');
  await press('b');
  expect(session.announcer.polite, 'what has none says so').toContain('Only a breaker has a blast radius');
  await press('k');
  await press('k');
  await press('b');
  expect(went).toHaveBeenLastCalledWith('#/breakers/flow-eu/ai%3Aanthropic/blast');
});

test('A takes a problem in hand at once, and gives it back', async () => {
  const { session, platform, press } = await show({ 'triage.acknowledge': () => triage });
  await press('j');
  await press('a');
  await vi.waitFor(() => expect(session.announcer.polite).toBe('Acknowledged: Store nordlys-outdoor is stuck provisioning'));
  await press('k');
  await press('a');
  expect(platform.asked('triage.acknowledge')).toEqual([{ problem: problems[1]!.id, in_hand: true }, { problem: ANTHROPIC, in_hand: false }]);
});

test('a problem that is gone stays for a minute with a check, and then leaves', () => {
  const list = new Problems();
  list.take(problems, 0);
  list.take(problems.slice(1), 1_000);
  expect(list.shown.map((one) => one.resolvedAt), 'in its place, marked').toEqual([1_000, null, null, null, null]);
  list.take(problems.slice(1), 30_000);
  expect(list.shown[0]?.resolvedAt, 'its minute does not begin anew').toBe(1_000);
  list.forget(1_000 + KEPT_MS - 1);
  expect(list.shown).toHaveLength(5);
  list.forget(1_000 + KEPT_MS);
  expect(list.shown.map((one) => one.problem.id), 'then it is gone').toEqual(problems.slice(1).map((one) => one.id));
  list.take(problems, 99_000);
  expect(list.shown.every((one) => one.resolvedAt === null), 'one that comes back is open').toBe(true);
});

test('while no plane is heard everything is told in the past, once', async () => {
  await show({}, connections.map((one) => ({ ...one, status: { ...one.status, state: 'offline' as const } })));
  await vi.waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('When last seen, one cause explained 37 of 39 failed runs'));
  expect(screen.getAllByRole('status').filter((one) => one.textContent?.includes('offline')), 'one strip says it').toHaveLength(1);
  expect(rows()[0]?.textContent, 'the open breaker is unknown').toContain('Unknown');
});

test('a console that falls silent leaves the page in the past too', async () => {
  const { session } = await show();
  session.hearing.lostAt = session.clock.now;
  flushSync();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('When last seen, one cause explained 37 of 39 failed runs');
});

test('runs that have not been read are said, since they may change the verdict', async () => {
  await show({ 'triage.get': () => ({ ...calm, unread_runs: 1 }) });
  expect(screen.getByText(/1 run changed and has not been read\./)).toBeTruthy();
});

test('a connection that is chosen above hides nothing here, and the page says so', async () => {
  const { session } = await show({ 'preferences.get': () => ({ 'scope.connection': 'flow-eu' }) });
  expect(screen.queryByText(/Triage covers/), 'nothing is chosen').toBeNull();
  await session.preferences.load();
  flushSync();
  expect(screen.getByText(/Triage covers all 3 connections, not only flow-eu\./)).toBeTruthy();
  expect(rows(), 'every problem stays').toHaveLength(problems.length);
});

test('nothing to watch, nothing wrong and nothing answered are told apart', async () => {
  const { unmount } = render(TriageView, { context: (await empty([], () => calm)).context });
  expect(await screen.findByText('Nothing is watched yet')).toBeTruthy();
  unmount();
  const well = render(TriageView, { context: (await empty([connection('flow-eu')], () => calm)).context });
  expect(await screen.findByText('Nothing is wrong that can be seen from here')).toBeTruthy();
  well.unmount();
  render(TriageView, { context: (await empty([connection('flow-eu')], () => { throw refusal('It answered 500.'); })).context });
  expect(await screen.findByText(/It answered 500/)).toBeTruthy();
});

async function empty(planes: readonly ConnectionView[], get: () => unknown) {
  const made = fixedSession(new ScriptedPlatform({ 'triage.get': get, 'connections.list': () => planes, 'coverage.get': () => [], 'acts.list': () => [] }));
  made.session.connections.resource.want(null, []);
  await vi.waitFor(() => expect(made.session.connections.known).toBe(true));
  return made;
}
