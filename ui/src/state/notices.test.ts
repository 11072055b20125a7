import { afterEach, expect, test, vi } from 'vitest';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import { numberTitle, SAY_AGAIN_MS } from './notices.svelte';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  location.hash = '';
});

function start() {
  vi.useFakeTimers();
  const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  const { session, platform } = fixedSession(new ScriptedPlatform({ 'notices.looking': () => null }));
  const stop = session.notices.start();
  const routes = () => platform.asked('notices.looking').map((request) => (request as { route: string | null }).route);
  return { session, platform, focus, stop, routes };
}

test('the console is told what the reader looks at, and when nobody does any more', () => {
  const { focus, stop, routes } = start();
  location.hash = '#/runs/flow-eu/run_1?step=a';
  dispatchEvent(new Event('hashchange'));
  vi.advanceTimersByTime(SAY_AGAIN_MS);
  expect(routes(), 'it is said again, because the console forgets').toEqual(['#/triage', '#/runs/flow-eu/run_1?step=a', '#/runs/flow-eu/run_1?step=a']);
  focus.mockReturnValue(false);
  dispatchEvent(new Event('blur'));
  vi.advanceTimersByTime(SAY_AGAIN_MS * 2);
  expect(routes().slice(3), 'a page in the background is looked at by nobody, which is said once').toEqual([null]);
  stop();
});

test('a banner leads to its place, and is taken away when it is over', () => {
  const { session, platform, stop } = start();
  session.hear({ type: 'banner', banner: { cause: 'a', title: 'Failed: a', text: '', route: '#/runs/flow-eu/run_2', sound: false } });
  platform.click();
  expect(location.hash, 'a click goes there').toBe('#/runs/flow-eu/run_2');
  session.hear({ type: 'banner_over', cause: 'a' });
  expect(platform.shown, 'shown and taken away').toEqual(['a', '-a']);
  stop();
});

test('the number stays before the title, whichever page sets it', async () => {
  document.title = 'Runs · Breakwater';
  const stop = numberTitle(3);
  expect(document.title).toBe('(3) Runs · Breakwater');
  document.title = 'Breakers · Breakwater';
  await vi.waitFor(() => expect(document.title, 'another page').toBe('(3) Breakers · Breakwater'));
  stop();
  numberTitle(0)();
  expect(document.title, 'nothing is left').toBe('Breakers · Breakwater');
});
