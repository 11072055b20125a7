import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { nofx, queue, told, toldQueues } from '../../../tests/incident/teams';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { ConnectionView, Queue, Told } from '../../rpc/schema';
import QueuePanel from './QueuePanel.svelte';

function show(connection: ConnectionView, queues: Told<Queue>[] = toldQueues) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection], 'queues.list': () => queues, 'queues.requeue': () => told(queue) }));
  session.connections.resource.want(null, []);
  render(QueuePanel, { props: { connection }, context });
  return platform;
}
const put = () => screen.findByRole('button', { name: /^Put dead letters back/ });

test('dead letters are put back with a number and a reason, and what follows is said before', async () => {
  const platform = show(nofx());
  expect((await screen.findByRole('link', { name: 'codegen' })).getAttribute('href'), 'each leads to its step').toBe('#/runs/nofx-eu/run_8c2b4266?step=codegen');
  await fireEvent.click(await put());
  const dialog = within(await screen.findByRole('dialog'));
  const confirm = () => fireEvent.click(dialog.getByRole('button', { name: /^Put back at most/ }));
  expect(dialog.getByText(/tried again from attempt 1/)).toBeDefined();
  expect((dialog.getByLabelText('At most') as HTMLInputElement).value, 'those that are there').toBe('3');
  await fireEvent.input(dialog.getByLabelText('At most'), { target: { value: '501' } });
  await fireEvent.input(dialog.getByLabelText(/^Reason/), { target: { value: 'the provider is back' } });
  await confirm();
  expect(platform.asked('queues.requeue'), 'more than 500 are not sent').toEqual([]);
  await fireEvent.input(dialog.getByLabelText('At most'), { target: { value: '2' } });
  await confirm();
  expect(platform.asked('queues.requeue')).toEqual([{ connection: 'nofx-eu', at_most: 2, reason: 'the provider is back' }]);
});

test.each([
  ['read-only', nofx({ read_only: true }), toldQueues, 'nofx-eu is read-only; Connections unlocks it'],
  ['offline', nofx({}, 'offline'), toldQueues, 'nofx-eu is offline; it is possible again once it answers'],
  ['unable', nofx({}, 'polled', [{ action: 'requeue_dead_letters', availability: 'no', reason: 'this plane tries the step of a run again instead' }]), toldQueues, 'this plane tries the step of a run again instead'],
  ['without a dead letter', nofx(), [told({ ...queue, dead_letters: 0, newest_dead: [] })], 'there is no dead letter'],
])('a plane that is %s says why nothing can be put back', async (_, connection, queues, reason) => {
  show(connection, queues);
  expect((await put()).getAttribute('title')).toBe(reason);
});

test('a plane that shows no queue says so and offers nothing', async () => {
  show(nofx({ id: 'projects-eu', name: 'projects-eu' }));
  expect(await screen.findByText('FuzzyLlama shows no queue')).toBeDefined();
  expect(screen.queryByRole('button')).toBeNull();
});

test('whoever is signed out is not told the same fault once more', async () => {
  show(nofx(), [told<Queue>(null, { error: { code: 'signed_out', message: 'nobody is signed in on nofx-eu', correlationId: 'req_1' } })]);
  expect(await screen.findByText('It is read once you are signed in.')).toBeDefined();
  expect(screen.queryByRole('alert')).toBeNull();
});
