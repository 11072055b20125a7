import { fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { at } from '../../../tests/incident/clock';
import { checkOf, readinessOf } from '../../../tests/incident/readiness';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { Check, CheckStatus, ConnectionView } from '../../rpc/schema';
import Readiness from './Readiness.svelte';

const check = (on: string | null, status: CheckStatus, over: Partial<Check> = {}): Check =>
  checkOf({
    id: 'plane.answers', title: 'It answers', connection: on, status, checked_at: at('03:14:00'),
    evidence: { request: 'GET /', answer: '70466 MiB free', finding: 'There is room enough.', duration_ms: 4 }, ...over,
  });

async function open(of: ConnectionView[], handlers: ScriptedPlatform['handlers'], scope: string | null = null) {
  const platform = new ScriptedPlatform({ 'readiness.history': () => ({ connection: null, scores: [], changes: [], is_cut: false }), 'coverage.get': () => [], 'connections.list': () => of, 'preferences.get': () => ({ 'scope.connection': scope }), ...handlers });
  const { session, context } = fixedSession(platform);
  session.connections.resource.want(null, []);
  await session.preferences.load();
  await vi.waitFor(() => expect([session.connections.all.length, session.scope], 'the planes are known').toEqual([of.length, scope]));
  const { container } = render(Readiness, { context });
  return { platform, session, container };
}

test('checks run on the control plane that is looked at, and what they find there is shown', async () => {
  const flow = connection('flow-eu');
  let found: CheckStatus = 'fail';
  const { platform, session } = await open([flow], {
    'readiness.get': () => readinessOf([check(flow.id, found)]),
    'readiness.run': () => {
      found = 'pass';
      return readinessOf([check(flow.id, found)]);
    },
  }, flow.id);
  await screen.findByText('Not ready: 1 check fails');
  await fireEvent.click(screen.getByRole('button', { name: /^Run 1 check/ }));
  expect(platform.asked('readiness.get')[0], 'it is asked for its plane').toEqual({ connection: flow.id });
  expect(platform.asked('readiness.run'), 'the run names it too').toEqual([{ checks: [], connection: flow.id }]);
  session.hear({ type: 'stale', tags: [{ noun: 'readiness' }] });
  await screen.findByText('Ready: every check passes');
});

test('what nobody answers for is said in the past tense, without its colour', async () => {
  const { container } = await open([connection('flow-eu', {}, 'offline', at('03:12:08'))], {
    'readiness.get': () => readinessOf([check('flow-eu', 'pass', { id: 'plane.live' }), check(null, 'pass', { id: 'console.disk', title: 'There is disk space' })], at('03:14:00')),
  });
  expect((await screen.findByRole('heading', { level: 1 })).textContent, 'nobody knows whether it is ready now').toBe('When last seen, ready: every check passes');
  expect(screen.getByText(/flow-eu is offline/).textContent, 'since when is said').toContain('03:12:08');
  const colours = [...container.querySelectorAll('tr.data')].map((row) => row.classList.contains('stale-colours'));
  expect(colours, 'its check is grey, that of this console is not').toEqual([true, false]);
  const strip = screen.getByRole('list', { name: 'Control planes' });
  await vi.waitFor(() => expect(strip.textContent, 'it is unknown whether it lives').toMatch(/Live\s*was live\s*Unknown/));
});

test('points, gaps and evidence are of the same 100 as the score', async () => {
  const checks = [check(null, 'warn', { id: 'a', title: 'No dead letters', weight: 1 }), check(null, 'pass', { id: 'b', title: 'There is disk space', weight: 3 })];
  await open([connection('flow-eu')], { 'readiness.get': () => readinessOf(checks, at('03:14:00')) });
  await screen.findByText('12.5 points missing:');
  const cells = screen.getAllByRole('row').map((row) => row.lastElementChild?.textContent);
  expect(cells, 'the group, half of 25, all of 75').toEqual(['Points', '87.5 of 100', '\u221212.5', '75']);
  await fireEvent.click(screen.getByRole('button', { name: 'No dead letters' }));
  expect(screen.getByText(/^Costs/).textContent, 'the evidence says the same').toContain('Costs 12.5 of 25 points.');
  expect(screen.getAllByText('There is room enough.').length, 'the table says what the evidence means').toBeGreaterThan(1);
});

test('checks that could not be read again say so over the copy', async () => {
  let broken = false;
  const { session } = await open([connection('flow-eu')], {
    'readiness.get': () => {
      if (broken) throw refusal('It answered 500.');
      return readinessOf([check(null, 'pass')], at('03:14:00'));
    },
  });
  await screen.findByText('Ready: every check passes');
  broken = true;
  session.hear({ type: 'resync' });
  expect((await screen.findByRole('alert')).textContent, 'the failure and the age of the copy').toMatch(/It answered 500\..*copy from/s);
});

test('j goes on to checks that are out of sight', async () => {
  const { session } = await open([connection('flow-eu')], { 'readiness.get': () => readinessOf([check(null, 'pass')]) });
  const row = await screen.findByRole('button', { name: 'It answers' });
  row.scrollIntoView = vi.fn();
  session.keys.handle(new KeyboardEvent('keydown', { key: 'j', cancelable: true }));
  flushSync();
  await vi.waitFor(() => expect(row.scrollIntoView, 'the chosen row is brought into sight').toHaveBeenCalledWith({ block: 'nearest' }));
});

test('what passed once is found first, and a filter that hides everything says so', async () => {
  const checks = [check('flow-eu', 'fail', { id: 'a', title: 'It answers at all', group: 'A' }), check('flow-eu', 'unknown', { id: 'b', title: 'A restore worked', group: 'A', regressed: true, since: at('01:14:00'), expires_at: at('01:14:00'), last_pass: { at: at('01:10:00'), evidence: { request: 'x', answer: 'y', finding: 'All was there.', duration_ms: 1 } } }), check(null, 'pass', { id: 'c', title: 'There is disk space', group: 'B' })];
  const history = { connection: 'flow-eu', scores: [{ at: at('03:01:09'), score: 33, because: [] }, { at: at('00:00:00'), score: 98, because: [] }], changes: [], is_cut: false };
  const { container, session } = await open([connection('flow-eu')], { 'readiness.get': () => readinessOf(checks, at('03:14:00')), 'readiness.history': () => history });
  await screen.findByText(/98 until/);
  const rows = () => [...container.querySelectorAll('tr.data button')].map((row) => row.textContent);
  expect(rows(), 'before what never passed').toEqual(['A restore worked', 'It answers at all', 'There is disk space']);
  expect(container.querySelector('tr.data')?.textContent, 'the row says when its evidence expired').toContain('evidence expired');
  await fireEvent.click(screen.getByRole('button', { name: 'A restore worked' }));
  expect(screen.getByText(/^Last passed/).textContent, 'and the drawer what was seen then').toContain('All was there.');
  await fireEvent.click(screen.getByRole('button', { name: 'Not passing 2' }));
  expect(rows().length, 'what passes is hidden').toBe(2);
  session.router.setQuery({ group: 'B' });
  await screen.findByText('0 of 3 checks match');
  await fireEvent.click(screen.getByRole('button', { name: 'Clear all 2' }));
  expect(rows().length, 'all are there again').toBe(3);
});

test('a check that writes says what, and never runs where the connection only reads', async () => {
  const checks = [check('flow-eu', 'unknown', { id: 'w', title: 'A key never doubles', writes: 'One run named breakwater-probe.' }), check(null, 'pass', { id: 'c', title: 'There is disk space' })];
  const { platform } = await open([connection('flow-eu', { read_only: true })], { 'readiness.get': () => readinessOf(checks, at('03:14:00')) });
  await screen.findByRole('button', { name: /^Run 1 check on flow-eu/ });
  await fireEvent.click(screen.getByRole('button', { name: 'A key never doubles' }));
  expect(screen.getByText(/It writes:/).parentElement?.textContent, 'before anything happens').toContain('One run named breakwater-probe.');
  const run = screen.getByRole('button', { name: /^Run 1 check that writes/ });
  expect(run.getAttribute('aria-disabled'), 'it says why it cannot').toBe('true');
  await fireEvent.click(run);
  expect(platform.asked('readiness.run'), 'nothing was run').toEqual([]);
});

test('while checks run, how far they are is shown, and they can be ended', async () => {
  const flow = connection('flow-eu');
  let finish: (() => void) | undefined;
  const { platform } = await open([flow], {
    'readiness.get': () => readinessOf([check(flow.id, 'pass')]),
    'readiness.run': () => new Promise((resolve) => { finish = () => resolve(readinessOf([check(flow.id, 'pass')])); }),
    'readiness.status': () => ({ progress: { connection: flow.id, done: 12, total: 63, current: 'Answers are quick' } }),
    'readiness.cancel': () => {
      finish?.();
      return { progress: null };
    },
  }, flow.id);
  await fireEvent.click(await screen.findByRole('button', { name: /^Run 1 check/ }));
  await screen.findByText('12 of 63 checks answered; waiting for: Answers are quick');
  await fireEvent.click(screen.getByRole('button', { name: 'End the checks' }));
  expect(platform.asked('readiness.cancel'), 'those of this plane are ended').toEqual([{ connection: flow.id }]);
  await vi.waitFor(() => expect(screen.queryByText(/of 63 checks answered/), 'nothing runs any more').toBeNull());
});
