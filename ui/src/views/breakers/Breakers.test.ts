import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { breaker, breakerEvents } from '../../../tests/incident/breakers';
import { at } from '../../../tests/incident/clock';
import { blast } from '../../../tests/incident/triage';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import Breakers from './Breakers.svelte';

const open = breaker({ id: 'a', protects: 'anthropic', state: 'open', next_probe_at: at('03:18:27') });
const closed = ['b', 'c'].map((id) => breaker({ id, protects: `host ${id}` }));

async function show(list: () => unknown, more: Record<string, (request: never) => unknown> = {}) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'breakers.list': list, 'connections.list': () => [connection('flow-eu')], 'breakers.history': () => told([]), ...more }));
  session.connections.resource.want(null, []);
  render(Breakers, { context });
  await screen.findByRole('heading', { level: 1 });
  const press = async (key: string) => {
    session.keys.handle(new KeyboardEvent('keydown', { key, cancelable: true }));
    flushSync();
    await tick();
  };
  return { session, platform, press };
}
const rows = () => screen.getAllByRole('row').slice(1);

test('j goes through the open breakers on top and on into the table', async () => {
  const { press } = await show(() => [...closed, open]);
  await press('j');
  expect(screen.queryByRole('region', { name: 'anthropic, open, selected' }), 'the first stop is the one that needs a person').not.toBeNull();
  await press('j');
  expect(rows()[0]?.getAttribute('aria-selected'), 'then the table').toBe('true');
  await press('ArrowDown');
  expect(rows()[1]?.getAttribute('aria-selected'), 'arrows do the same').toBe('true');
});

test('a row is chosen by a click, and Tab reaches the chosen one', async () => {
  await show(() => closed);
  expect(rows().map((row) => row.tabIndex), 'one stop for the whole table').toEqual([0, -1]);
  await fireEvent.click(rows()[1]!);
  expect(rows().map((row) => [row.getAttribute('aria-selected'), row.tabIndex]), 'what was clicked is chosen').toEqual([['false', -1], ['true', 0]]);
});

test('focus goes along with the choice for those who are in the table', async () => {
  const { press } = await show(() => closed);
  rows()[0]!.focus();
  await press('j');
  await press('j');
  await vi.waitFor(() => expect(document.activeElement, 'the second row has the focus').toBe(rows()[1]));
});

test('a list that could not be read again says so over the copy that it shows', async () => {
  let broken = false;
  const { session } = await show(() => {
    if (broken) throw refusal('It answered 500.');
    return closed;
  });
  broken = true;
  session.hear({ type: 'resync' });
  expect((await screen.findByRole('alert')).textContent, 'the failure and the age of the copy').toMatch(/It answered 500\..*copy from/s);
  expect(rows(), 'the copy stays').toHaveLength(2);
});

test('to reset is the largest of three choices: the smallest is chosen, Cancel has the focus, and the button says what is done', async () => {
  const { session, platform } = await show(() => [open], { 'breakers.history': () => told(breakerEvents), 'breakers.blast_radius': () => blast, 'breakers.act': () => open });
  await fireEvent.click(screen.getByRole('button', { name: /^Reset 1 breaker/ }));
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('Cancel'));
  const dialog = within(await screen.findByRole('dialog'));
  const chosen = () => dialog.getAllByRole('radio').findIndex((one) => (one as HTMLInputElement).checked);
  expect(chosen(), 'probe once').toBe(0);
  expect(dialog.getByRole('button', { name: /^Let 1 probe through in flow-eu/ })).toBeTruthy();
  expect(await dialog.findByText('Reset and release 14 runs'), 'the count is that of the blast radius').toBeTruthy();
  expect(within(dialog.getByRole('region', { name: 'Last probes' })).getAllByText('Failed'), 'what the last probes said').toHaveLength(3);
  expect(dialog.getByText('and 11 more').getAttribute('href')).toBe('#/breakers/flow-eu/a/blast');
  await fireEvent.click(dialog.getAllByRole('radio')[2]!);
  await fireEvent.click(dialog.getByRole('button', { name: /^Do nothing/ }));
  expect(platform.asked('breakers.act'), 'nothing is sent').toEqual([]);
  expect(session.announcer.polite).toBe('Nothing was done.');
});

test('a reset is sent with its reason, and looked at again', async () => {
  const { session, platform } = await show(() => [open], { 'breakers.history': () => told([]), 'breakers.blast_radius': () => blast, 'breakers.act': () => ({ ...open, state: 'closed' }) });
  const watched = vi.spyOn(session.followUps, 'watch').mockImplementation(() => undefined);
  await fireEvent.click(screen.getByRole('button', { name: /^Reset 1 breaker/ }));
  const dialog = within(await screen.findByRole('dialog'));
  await fireEvent.click(dialog.getAllByRole('radio')[1]!);
  await fireEvent.input(dialog.getByLabelText('Reason, kept in the audit trail'), { target: { value: 'it is well again' } });
  await fireEvent.click(dialog.getByRole('button', { name: /^Reset 1 breaker in flow-eu/ }));
  expect(platform.asked('breakers.act')).toEqual([{ source: 'control_plane', connection: 'flow-eu', breaker: 'a', act: { act: 'reset' }, reason: 'it is well again' }]);
  await vi.waitFor(() => expect(watched).toHaveBeenCalledWith(expect.objectContaining({ id: 'a', state: 'closed' }), 'reset'));
});

const told = (events: unknown[]) => ({ connection: 'flow-eu', connection_name: 'flow-eu', value: events, refusal: null, error: null, freshness: { read_at: at('03:14:21'), state: 'live' } });

test('what happened to the breaker that needs a person is told without being asked for, and to another one that is chosen', async () => {
  const event = { seq: 2, breaker: 'a', at: at('03:07:12'), what: 'opened', from: 'closed', to: 'open', cause: 'overloaded', until: null, actor: null, reason: null, correlation_id: null };
  const { platform, press } = await show(() => [...closed, open], { 'breakers.history': ({ breaker: id }: { breaker: string }) => told(id === 'a' ? [event] : []) });
  expect(await screen.findByText('It opened: said that it is overloaded')).toBeTruthy();
  await press('j');
  await press('j');
  expect(await screen.findByText('Nothing in the last 90 days.')).toBeTruthy();
  expect(platform.asked('breakers.history')).toEqual(['a', 'b'].map((id) => ({ source: 'control_plane', connection: 'flow-eu', breaker: id })));
});

test('what can be done to a breaker follows from where it stands, and says why not', async () => {
  const { press } = await show(() => [breaker({ id: 'z', protects: 'npm', state: 'isolated', isolation: { actor: 'lena', reason: 'an advisory', ends_at: at('06:00:00') } }), open], { 'breakers.history': () => told([]) });
  const why = (name: RegExp) => within(screen.getByRole('region', { name: /^What happened/ })).getByRole('button', { name }).getAttribute('title');
  expect([why(/^Probe once/), why(/^Lift/)], 'of an open one').toEqual([null, 'nobody has isolated it']);
  await press('j');
  await press('j');
  await screen.findByRole('heading', { name: 'What happened to npm' });
  expect(screen.getAllByText('By lena: an advisory').length, 'who and why').toBeGreaterThan(0);
  expect(why(/^Probe once/), 'of an isolated one').toBe('only an open breaker is probed');
});

test.each([
  ['Probe once in flow-eu', 'Let 1 probe through in flow-eu', { act: 'probe' }],
  ['Isolate', 'Isolate 1 breaker in flow-eu', { act: 'isolate', minutes: 60 }],
])('%s is sent with its reason', async (button, confirm, act) => {
  const { platform } = await show(() => [open], { 'breakers.history': () => told([]), 'breakers.act': () => open });
  await fireEvent.click(screen.getByRole('button', { name: button }));
  await fireEvent.input(await screen.findByLabelText('Reason, kept in the audit trail'), { target: { value: ' it is being mended ' } });
  await fireEvent.click(screen.getByRole('button', { name: new RegExp(`^${confirm}`) }));
  expect(platform.asked('breakers.act')).toEqual([{ source: 'control_plane', connection: 'flow-eu', breaker: 'a', act, reason: 'it is being mended' }]);
});

test('B opens the blast radius of a breaker of a plane, and says why one of this console has none', async () => {
  const own = breaker({ id: 'connection:flow-eu:read', source: 'console', protects: 'reads from flow-eu' });
  const { session, platform, press } = await show(() => [own, open], { 'breakers.blast_radius': () => blast });
  const went = vi.spyOn(session.router, 'go').mockImplementation(() => undefined);
  expect(await screen.findByText('runs held now'), 'the open one says whom it hurts').toBeTruthy();
  await press('b');
  expect(went).toHaveBeenCalledWith('#/breakers/flow-eu/a/blast');
  await press('j');
  await press('j');
  await press('b');
  expect(went, 'nowhere to go').toHaveBeenCalledTimes(1);
  expect(session.announcer.polite).toContain('no step of a run calls through a breaker of this console');
  expect(platform.asked('breakers.history').at(-1), 'its history is the console’s').toEqual({ source: 'console', connection: 'flow-eu', breaker: 'connection:flow-eu:read' });
});
