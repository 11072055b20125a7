import { render, screen } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import { connections } from '../../../tests/incident/around';
import { breaker } from '../../../tests/incident/breakers';
import { blast } from '../../../tests/incident/triage';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import { parseRoute } from '../../state/route.svelte';
import Blast from './Blast.svelte';

async function show(radius: unknown = blast, hash = '#/breakers/flow-eu/ai%3Aanthropic/blast') {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'breakers.blast_radius': () => radius, 'breakers.list': () => [breaker({ protects: 'anthropic', state: 'open' })], 'connections.list': () => connections }));
  session.connections.resource.want(null, []);
  location.hash = hash;
  session.router.route = parseRoute(hash);
  render(Blast, { context });
  await screen.findByRole('heading', { level: 1 });
  const press = async (key: string) => {
    session.keys.handle(new KeyboardEvent('keydown', { key, cancelable: true }));
    flushSync();
    await tick();
  };
  return { session, platform, press };
}
const steps = () => screen.getAllByRole('row').filter((row) => row.getAttribute('aria-level') === '2');

test('exactly the runs and steps are listed, by what the breaker does to them', async () => {
  const { platform } = await show();
  await vi.waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('The breaker for anthropic hurts 57 runs'));
  expect(platform.asked('breakers.blast_radius')).toEqual([{ connection: 'flow-eu', breaker: 'ai:anthropic' }]);
  expect(screen.getAllByRole('row').filter((row) => row.getAttribute('aria-level') === '1').map((row) => row.textContent?.slice(0, 14))).toEqual(['Failed 37 runs', 'Held 14 runs ·', 'Next 6 runs · ']);
  expect(steps(), 'each of them').toHaveLength(57);
  expect(screen.getByText(/37 runs failed/).textContent).toContain('9 after sending, 28 refused');
});

test('a letter moves, Enter opens the run at that step', async () => {
  const { session, press } = await show();
  const went = vi.spyOn(session.router, 'go').mockImplementation(() => undefined);
  await press('j');
  await press('j');
  await press('Enter');
  expect(steps()[1]?.getAttribute('aria-selected')).toBe('true');
  expect(went).toHaveBeenCalledWith(`#/runs/flow-eu/${blast.steps[1]!.run}?step=codegen`);
});

test('an attempt that led here says where the breaker stood then, and a made-up state is not shown', async () => {
  await show(blast, '#/breakers/flow-eu/ai%3Aanthropic/blast?at=2026-08-22T03:04:38.000Z&state=closed');
  expect(screen.getByText(/^At the attempt of/).parentElement?.textContent).toMatch(/03:04:38 it was\s+closed/);
  document.body.innerHTML = '';
  await show(blast, '#/breakers/flow-eu/ai%3Aanthropic/blast?at=2026-08-22T03:04:38.000Z&state=exploded');
  expect(screen.queryByText(/^At the attempt of/)).toBeNull();
});

test('what is cut, what is not counted and what is old is said', async () => {
  await show({ ...blast, more: true, unread_runs: 2, freshness: { read_at: blast.freshness.read_at, state: 'offline' } });
  expect(screen.getByText(/^Only the first 57 steps are listed/)).toBeTruthy();
  expect(screen.getByText(/^2 runs changed since and have not been read/)).toBeTruthy();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/^When last seen, the breaker for .* hurt 57 runs$/);
});
