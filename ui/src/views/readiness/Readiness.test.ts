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
  const platform = new ScriptedPlatform({ 'connections.list': () => of, 'preferences.get': () => ({ 'scope.connection': scope }), ...handlers });
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
  expect(strip.textContent, 'it is unknown whether it lives').toMatch(/Live\s*was pass\s*Unknown/);
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
