import { expect, test } from 'vitest';
import { breaker } from '../../../tests/incident/breakers';
import { at, NOW } from '../../../tests/incident/clock';
import { calm, problems, triage } from '../../../tests/incident/triage';
import type { Problem, Triage } from '../../rpc/schema';
import { asMarkdown } from './markdown';
import { wordsOf, type Told } from './problem-words';
import { verdict } from './verdict';

const told = (of: Partial<Told> = {}): Told => ({ now: Date.parse(NOW), past: false, zone: 'UTC', moment: (moment) => moment.slice(11, 19), unheard: () => false, seen: () => '03:14:22', ...of });
const anthropic = problems[0]!;
const behind = (of: Parameters<typeof breaker>[0], more: Partial<Problem> = {}): Problem => ({ ...anthropic, ...more, cause: { kind: 'breaker', breaker: breaker({ protects: 'anthropic', cause: 'overloaded', ...of }), failed_probes: 0, counts: null } });
const other: Problem = { ...anthropic, id: 'failures:x', failed: 2, held: 0, cause: { kind: 'failures', step: 'git_pr', code: 'http_status', message: 'GitHub answered 403.', remedy: null, newest: 'run_1' } };

test.each<[string, Partial<Triage>, string]>([
  ['one cause', {}, 'One cause explains 37 of 39 failed runs'],
  ['all of them', { failed_runs: 37 }, 'One cause explains all 37 failed runs'],
  ['several causes', { problems: [anthropic, other] }, '2 causes explain all 39 failed runs'],
  ['only held runs', { problems: [behind({ state: 'open' }, { failed: 0, held: 14 })], failed_runs: 0 }, 'One cause holds 14 runs'],
  ['no shared cause', { problems: [], failed_runs: 2 }, '2 failed runs shared no cause'],
  ['a problem that fails no run', { problems: problems.slice(1, 2), failed_runs: 0 }, 'No run had failed; 1 problem is open'],
  ['nothing', calm, 'Nothing is wrong that can be seen from here'],
])('the first sentence, %s', (_, of, title) => {
  expect(verdict({ ...triage, ...of }, told()).title).toBe(title);
});

test('a gate that waits for a person holds its run, and is no cause of failures', () => {
  expect(verdict({ ...triage, problems: problems.slice(3, 4), failed_runs: 0 }, told()).title).toBe('No run had failed; 1 problem is open');
});

test('what nobody has seen since is told in the past', () => {
  const offline = told({ past: true, unheard: () => true });
  const said = verdict(triage, offline);
  expect(said.title, 'the count is of then').toBe('When last seen, one cause explained 37 of 39 failed runs');
  expect(said.detail, 'an open breaker is not said to be open').toBe('anthropic was last seen 03:14:22. Its breaker opened at 03:07:12 UTC; how it is now is unknown, not unchanged.');
  expect(verdict(calm, offline), 'nor is quiet said to go on').toEqual({ title: 'When last seen, nothing was wrong', detail: 'What happened since is unknown, not unchanged.' });
  expect(wordsOf(anthropic, offline), 'nor does its row').toMatchObject({ tone: 'unknown', word: 'Unknown', age: 'last seen 03:14:22' });
});

test.each<[string, Parameters<typeof breaker>[0], string]>([
  ['open', { state: 'open', next_probe_at: at('03:18:27') }, 'anthropic says that it is overloaded. Its breaker opened at 03:07:12 UTC, 7m 10s ago; the next probe is at 03:18:27.'],
  ['due', { state: 'open', next_probe_at: at('03:14:00') }, 'anthropic says that it is overloaded. Its breaker opened at 03:07:12 UTC, 7m 10s ago; the next call probes.'],
  ['half-open', { state: 'half_open' }, 'anthropic is being probed. Its breaker opened at 03:07:12 UTC, 7m 10s ago; 2 successes in a row close it.'],
  ['isolated', { state: 'isolated', isolation: { actor: 'Lena', reason: 'an advisory', ends_at: null } }, 'anthropic is isolated on purpose since 03:07:12 UTC by Lena: an advisory.'],
  ['over', { state: 'closed' }, 'The breaker for anthropic lets calls through again; it had opened at 03:07:12 UTC.'],
])('the second sentence, %s', (_, of, detail) => {
  expect(verdict({ ...triage, problems: [behind(of)] }, told()).detail).toBe(detail);
});

test.each<[number, string, string]>([
  [0, '57 runs', '#/breakers/flow-eu/ai%3Aanthropic/blast'],
  [1, 'Open', '#/stores?store=stores-eu%2Fst_nordlys'],
  [2, 'Diagnose', '#/connections?connection=projects-eu'],
  [3, 'Review', '#/runs/flow-eu/run_8cbeef01?step=publish'],
  [4, 'Open', '#/readiness?check=backup.restore_drill'],
])('the evidence of problem %i is one key away', (index, label, to) => {
  expect(wordsOf(problems[index]!, told()).action).toEqual({ label, to });
});

test('runs that fail alike lead to exactly these runs', () => {
  expect(wordsOf(other, told()).action.to).toBe(`#/runs?${new URLSearchParams({ q: 'status:failed created:24h connection:flow-eu git_pr' })}`);
});

test('a breaker of this console has no blast radius, so its evidence is the breaker', () => {
  const own = behind({ source: 'console', id: 'connection:flow-eu:read', state: 'open' });
  expect(wordsOf(own, told()).action.to).toBe(`#/breakers?${new URLSearchParams({ breaker: 'console/flow-eu/connection:flow-eu:read' })}`);
});

test('the copy for a ticket says the same, and what a plane wrote cannot change its form', () => {
  const evil: Problem = { ...problems[1]!, cause: { kind: 'store', run: 'st', name: 'a|b', failed: true, message: 'see [here](x)\n# now' } };
  const text = asMarkdown({ ...triage, problems: [anthropic, evil], unread_runs: 3 }, verdict(triage, told()), told());
  expect(text).toContain('# One cause explains 37 of 39 failed runs');
  expect(text).toContain('| Open | anthropic says that it is overloaded.');
  expect(text).toContain('Store a\\|b was not provisioned. see \\[here\\](x) \\# now');
  expect(text).toContain('3 runs changed and have not been read.');
  expect(text.split('\n').filter((line) => line.startsWith('|')), 'one line for each problem').toHaveLength(4);
});
