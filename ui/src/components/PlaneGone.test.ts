import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform, refusal } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import PlaneGone from './PlaneGone.svelte';

test('a built-in control plane that runs is not worth a word', async () => {
  const platform = new ScriptedPlatform({ 'app.info': () => appInfo });
  render(PlaneGone, { context: fixedSession(platform).context });
  await vi.waitFor(() => expect(platform.asked('app.info'), 'the strip asks where it runs').toHaveLength(1));
  expect(screen.queryByText(/has ended/), 'it runs, so nothing is said').toBeNull();
});

test('it says until when its runs are known, and takes the word from every other strip', async () => {
  const platform = new ScriptedPlatform({
    'app.info': () => ({ ...appInfo, built_in_plane: 'not_running' }),
    'connections.list': () => [connection('here', { built_in: true }, 'offline', at('03:12:08'))],
  });
  const { session, context } = fixedSession(platform);
  session.connections.resource.want(null, []);
  const { unmount } = render(PlaneGone, { context });
  expect((await screen.findByRole('status')).textContent, 'as of when').toContain('as they were last seen at 03:12:08');
  await vi.waitFor(() => expect(session.planeGone, 'one loss, one strip').toBe(true));
  unmount();
  expect(session.planeGone, 'once it is gone others may speak again').toBe(false);
});

test('one whose process has ended is started here, and a refusal says what to do', async () => {
  const start = vi.fn(() => Promise.reject(refusal('Another process holds it.')));
  const platform = new ScriptedPlatform({
    'app.info': () => ({ ...appInfo, built_in_plane: 'not_running' }),
    'connections.start_built_in': start,
  });
  render(PlaneGone, { context: fixedSession(platform).context });
  await fireEvent.click(await screen.findByRole('button', { name: 'Start it here' }));
  expect(await screen.findByText(/Another process holds it\. Try again later\./), 'reason and remedy are shown').toBeTruthy();
  expect(start, 'one click is one wish').toHaveBeenCalledTimes(1);
});
