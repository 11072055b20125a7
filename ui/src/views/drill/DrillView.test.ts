import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { ended, idle, playing, scenarios } from '../../../tests/incident/drill';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { DrillStatus } from '../../rpc/schema';
import DrillView from './DrillView.svelte';
import { drillClock, headline, requestsAgree } from './words';

function open(status: DrillStatus, handlers: ScriptedPlatform['handlers'] = {}) {
  const platform = new ScriptedPlatform({ 'drill.status': () => status, 'drill.scenarios': () => scenarios, 'drill.results': () => [ended], ...handlers });
  const { session, context } = fixedSession(platform);
  render(DrillView, { context });
  return { platform, session };
}

test('a scenario is started by its button', async () => {
  const { platform } = open(idle, { 'drill.start': () => playing });
  await fireEvent.click(await screen.findByRole('button', { name: 'Start the drill A provider is overloaded' }));
  await vi.waitFor(() => expect(platform.asked('drill.start'), 'this one and no other').toEqual([{ scenario: 'overloaded', minutes: null }]));
});

test('while another process plays one, starting says why it cannot', async () => {
  const { platform } = open({ ...idle, elsewhere: true });
  await fireEvent.click(await screen.findByRole('button', { name: /Start the drill A provider is overloaded/ }));
  expect(platform.asked('drill.start'), 'nothing is sent').toEqual([]);
  expect(screen.getByText(/perhaps a terminal/), 'and the page says who').toBeTruthy();
});

test('a drill that goes shows only what was played, the clock from the first symptom, and the goals', async () => {
  open({ ...idle, playing });
  expect((await screen.findByRole('heading', { level: 1 })).textContent, 'the verdict is computed').toBe('Drill runs: your first right act took 1m 18s');
  expect(screen.getByText('1 of 2 played'), 'the rest is hidden').toBeTruthy();
  expect(screen.queryByText('is well again'), 'the recovery is not told').toBeNull();
  expect(screen.getByText(/Counted from the first symptom at 0:20/).textContent, 'the breaker is named with it').toContain('A breaker opened at 0:31, at failure 5 in a row.');
  const rows = screen.getAllByRole('row').map((row) => row.textContent?.replace(/\s+/g, ' ').trim());
  expect(rows, 'each goal with limit, you and last time').toContain('MetFirst right act, from the first symptom3m 00s1m 18s2m 40s');
});

test('a drill that is over can be played again', async () => {
  location.hash = '#/drill?drill=drill_1';
  const { platform, session } = open(idle, { 'drill.start': () => playing });
  session.router.route = { ...session.router.route, name: 'drill', query: { drill: 'drill_1' } };
  await fireEvent.click(await screen.findByRole('button', { name: 'Play again' }));
  await vi.waitFor(() => expect(platform.asked('drill.start'), 'the same scenario').toEqual([{ scenario: 'overloaded', minutes: null }]));
});

test('what ended a drill is asked of the console, and a refusal is shown', async () => {
  open({ ...idle, playing }, { 'drill.stop': () => { throw refusal('there is no drill that goes'); } });
  await fireEvent.click(await screen.findByRole('button', { name: 'End drill' }));
  expect(await screen.findByText(/there is no drill that goes/), 'the reason is on the page').toBeTruthy();
});

test('words and sums', () => {
  expect([drillClock(128_400), drillClock(-5), drillClock(600_000)], 'minutes and seconds').toEqual(['2:08', '0:00', '10:00']);
  expect(headline(ended), 'a count of goals and nothing more').toBe('Drill ended: 1 of 3 goals met');
  expect([requestsAgree(playing), requestsAgree({ ...playing, proof: { ...playing.proof, attempts: 11 } })], 'one too many is seen').toEqual([true, false]);
});
