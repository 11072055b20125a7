import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection, templates } from '../../../tests/incident/around';
import { toldOwn } from '../../../tests/incident/own-teams';
import { storefront, teams, told } from '../../../tests/incident/teams';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import { CallError } from '../../rpc/call';
import NewRunDialog from './NewRunDialog.svelte';

test('the first thing that the keyboard reaches is what to start from', async () => {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu')], 'templates.list': () => templates }));
  session.connections.resource.want(null, []);
  render(NewRunDialog, { props: { open: true, onstarted: () => undefined }, context });
  await screen.findByRole('dialog', { name: 'Start a run' });
  await vi.waitFor(() => expect(screen.getByRole('group', { name: 'What to start from' }).contains(document.activeElement), 'not Cancel, the last stop of all').toBe(true));
});

const inTeams = (handlers: Record<string, (request: never) => unknown> = {}) => {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({
    'connections.list': () => [connection('harbor'), connection('flow-eu')], 'templates.list': () => [], 'preferences.get': () => ({}), 'preferences.set': ({ key, value }: { key: string; value: string }) => ({ [key]: value }),
    'teams.list': () => [toldOwn(teams), told([storefront], { connection: 'flow-eu', connection_name: 'flow-eu' })],
    'runs.preview': () => ({ valid: true, faults: [], layers: [], plan: null }), 'runs.create': () => ({ connection: 'harbor', id: 'run_1' }), ...handlers,
  }));
  session.connections.resource.want(null, []);
  const onstarted = vi.fn();
  render(NewRunDialog, { props: { open: true, onstarted }, context });
  const write = async () => {
    await fireEvent.click(await screen.findByRole('button', { name: /^Your own plan/ }));
    await fireEvent.input(screen.getByLabelText('Plan'), { target: { value: 'goal: Say hello' } });
    await vi.waitFor(() => expect(screen.getByRole('button', { name: /^Start 1 run/ }).getAttribute('aria-disabled')).toBeNull());
  };
  const start = async () => fireEvent.click(screen.getByRole('button', { name: /^Start 1 run/ }));
  return { session, platform, onstarted, write, start };
};

test('where we are in more than one team, the run belongs to the one that is chosen, and that is remembered', async () => {
  const { session, platform, onstarted, write, start } = inTeams();
  const field = (await screen.findByLabelText('Team')) as HTMLSelectElement;
  expect(field.value, 'the first').toBe('tm_storefront');
  await fireEvent.change(field, { target: { value: 'tm_growth' } });
  await write();
  await start();
  await vi.waitFor(() => expect(onstarted).toHaveBeenCalled());
  expect(platform.asked('runs.create')).toMatchObject([{ connection: 'harbor', team: 'tm_growth' }]);
  expect(session.preferences.get('start.team.harbor')).toBe('tm_growth');
});

test('the team that was chosen last comes first', async () => {
  const { session } = inTeams({ 'preferences.get': () => ({ 'start.team.harbor': 'tm_platform' }) });
  await session.preferences.load();
  await vi.waitFor(() => expect((screen.getByLabelText('Team') as HTMLSelectElement).value).toBe('tm_platform'));
});

test('where there is one team, nothing is asked and nothing is sent of it', async () => {
  const { platform, onstarted, write, start } = inTeams();
  await screen.findByLabelText('Team');
  await fireEvent.change(screen.getByLabelText('Where'), { target: { value: 'flow-eu' } });
  expect(screen.queryByLabelText('Team')).toBeNull();
  await write();
  await start();
  await vi.waitFor(() => expect(onstarted).toHaveBeenCalled());
  expect(platform.asked('runs.create')[0]).not.toHaveProperty('team');
});

test('what the plane says of the team stands at its field', async () => {
  const fault = { path: 'team', rule: 'required', message: 'you may do this in more than one team', remedy: 'name one of tm_growth, tm_platform' };
  const { write, start } = inTeams({ 'runs.create': () => { throw new CallError({ code: 'invalid', message: 'The input is not valid.', correlationId: 'req-5', faults: [fault] }); } });
  await screen.findByLabelText('Team');
  await write();
  await start();
  await vi.waitFor(() => expect(screen.getByLabelText('Team').getAttribute('aria-invalid')).toBe('true'));
  const about = document.getElementById(screen.getByLabelText('Team').getAttribute('aria-describedby') ?? '');
  expect(about?.textContent).toBe('You may do this in more than one team. Name one of tm_growth, tm_platform.');
});
