import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { blastHref, parseRoute, projectHref, Router, teamHref } from './route.svelte';

let router: Router;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  location.hash = '#/runs?q=status%3Afailed';
  router = new Router();
  stop = router.start();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test('the page follows each change at once, and the address is not written more often than it may be', () => {
  const written = vi.spyOn(history, 'replaceState');
  for (let row = 0; row < 200; row += 1) {
    router.setQuery({ run: `flow-eu/run_${row}` });
    expect(router.route.query['run'], 'a held key moves the selection each time').toBe(`flow-eu/run_${row}`);
    vi.advanceTimersByTime(20);
  }
  vi.advanceTimersByTime(200);
  expect(written.mock.calls.length, 'four seconds of a held key').toBeLessThan(32);
  expect(parseRoute(location.hash).query['run'], 'the last one is in the address').toBe('flow-eu/run_199');
});

test('an address that may not be written now is written later, and the page goes on', () => {
  vi.spyOn(history, 'replaceState').mockImplementationOnce(() => { throw new DOMException('too often', 'SecurityError'); });
  router.setQuery({ run: 'a' });
  expect(router.route.query['run'], 'the reader does not notice').toBe('a');
  vi.advanceTimersByTime(3_000);
  expect(parseRoute(location.hash).query, 'the filter is still there').toEqual({ q: 'status:failed', run: 'a' });
});

test('what is still to be written is written before the page is left, so that Back finds it', () => {
  router.setQuery({ run: 'a' });
  router.setQuery({ run: 'b' });
  const written = vi.spyOn(history, 'replaceState');
  router.go('#/breakers');
  expect(written.mock.calls[0]?.[2], 'before the new entry').toContain('run=b');
  vi.advanceTimersByTime(500);
  expect(location.hash, 'nothing is written over the new page').toBe('#/breakers');
});

test('the list of runs is remembered with its filter', () => {
  router.setQuery({ q: 'status:running' });
  location.hash = '#/runs/flow-eu/run_1?step=a';
  dispatchEvent(new Event('hashchange'));
  expect([router.route.name, router.lastRuns], 'a run leads back to where it was found').toEqual(['run', '#/runs?q=status%3Arunning']);
});

test('a project is opened on the page of the projects, whatever its names contain', () => {
  expect(parseRoute(projectHref('eu/1', 'cm 7'))).toMatchObject({ name: 'projects', connection: 'eu/1', run: 'cm 7' });
  expect(parseRoute('#/projects')).toMatchObject({ name: 'projects', connection: '', run: '' });
  expect(parseRoute('#/projects/eu').name, 'half of a project is no page').toBe('unknown');
});

test('a team has an address of its own, whatever its plane calls it', () => {
  expect(parseRoute(teamHref('nofx-eu', 'a/b c')), 'the way there and back').toMatchObject({ name: 'teams', connection: 'nofx-eu', team: 'a/b c', run: '' });
  expect(parseRoute(teamHref('nofx-eu')), 'a plane without a team').toMatchObject({ name: 'teams', connection: 'nofx-eu', team: '' });
  expect(parseRoute('#/teams'), 'no choice yet').toMatchObject({ name: 'teams', connection: '', team: '' });
  expect(parseRoute('#/teams/a/b/c').name, 'nothing lies deeper').toBe('unknown');
});

test('the blast radius of a breaker has an address, and the first page is triage', () => {
  expect(parseRoute(blastHref('flow-eu', 'http:api/v1', { at: '2026-08-22T03:04:38.000Z', state: 'open' }))).toMatchObject({ name: 'blast', connection: 'flow-eu', breaker: 'http:api/v1', query: { at: '2026-08-22T03:04:38.000Z', state: 'open' } });
  expect(parseRoute('#/breakers/flow-eu').name, 'half an address is none').toBe('unknown');
  expect([parseRoute('').name, parseRoute('#/').name]).toEqual(['triage', 'triage']);
});
