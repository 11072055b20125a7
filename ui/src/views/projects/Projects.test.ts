import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { projectPlane } from '../../../tests/incident/around';
import { at } from '../../../tests/incident/clock';
import { atlas, atlasWork, gates, LIVE, passed, project, projectEvents, projects, provenWork, readyProjects, SILENT, toldOf } from '../../../tests/incident/projects';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { ConnectionView, ProjectView } from '../../rpc/schema';
import { projectHref } from '../../state/route.svelte';
import Projects from './Projects.svelte';

const heard = projectPlane({}, 'polled');
let stops: (() => void)[] = [];
beforeEach(() => { location.hash = '#/projects'; });
afterEach(() => { stops.forEach((stop) => stop()); stops = []; vi.useRealTimers(); });

interface Scene {
  handlers?: Record<string, (request: never) => unknown>;
  planes?: ConnectionView[];
  items?: readonly ProjectView[];
  open?: Pick<ProjectView, 'connection' | 'run'>;
}
async function show({ handlers = {}, planes = [heard], items = readyProjects, open }: Scene = {}) {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({
    'projects.list': () => ({ items, more: false }),
    'projects.work': () => toldOf(provenWork, { freshness: LIVE }),
    'connections.list': () => planes,
    'breakers.list': () => [],
    'runs.watch': () => null,
    'runs.events': () => ({ items: projectEvents, next: null, last_seq: projectEvents.length, complete: true, freshness: LIVE }),
    ...handlers,
  }));
  if (open) location.hash = projectHref(open.connection, open.run);
  stops.push(session.router.start());
  session.connections.resource.want(null, []);
  render(Projects, { context });
  await waitFor(() => expect(document.body.textContent?.trim()).not.toBe(''));
  return { platform, session };
}
const button = (name: RegExp) => screen.findByRole('button', { name });
const sent = (platform: ScriptedPlatform, command: 'projects.act' | 'gates.approve' | 'gates.reject' | 'runs.create') => platform.asked(command);

test('what waits for a verdict is on top, and each row says in words how its gates stand', async () => {
  await show();
  const rows = (await screen.findAllByRole('row')).slice(1);
  expect(rows.map((row) => within(row).getAllByRole('gridcell')[0]?.firstChild?.textContent)).toEqual(['atlas-loyalty', 'harbor-returns', 'kelp-pricing', 'quay-search']);
  expect(within(rows[1]!).getByRole('img').getAttribute('aria-label')).toContain('G5 approved, G6 blocked, G7 not reached');
  expect(rows[0]?.textContent, 'counted here, and the percentage of the plane beside it').toMatch(/7 of 9 gates.*180 %/);
});

test('arrows choose a row and Enter opens it', async () => {
  await show();
  const rows = (await screen.findAllByRole('row')).slice(1);
  rows[0]!.focus();
  await fireEvent.keyDown(rows[0]!, { key: 'ArrowDown' });
  await waitFor(() => expect(document.activeElement).toBe(rows[1]));
  expect(location.hash, 'choosing opens nothing').toBe('#/projects');
  await fireEvent.keyDown(rows[1]!, { key: 'Enter' });
  await waitFor(() => expect(location.hash).toBe('#/projects/projects-eu/cmharborreturns01'));
});

test('a verdict is sent for the gate that is asked for, with its reason', async () => {
  const { platform } = await show({ open: atlas, handlers: { 'gates.approve': () => ({}), 'gates.reject': () => ({}) } });
  await screen.findByText('What G8 needs');
  await fireEvent.click(await button(/^Reject/));
  expect(sent(platform, 'gates.reject'), 'no is not said without a reason').toEqual([]);
  await fireEvent.input(screen.getByLabelText(/^Reason/), { target: { value: 'staging is not meant' } });
  await fireEvent.click(await button(/^Reject/));
  await waitFor(() => expect(sent(platform, 'gates.reject')).toEqual([{ connection: 'projects-eu', run: atlas.run, step: 'G8', reason: 'staging is not meant' }]));
  await fireEvent.click(await button(/^Approve 1 gate in projects-eu/));
  await waitFor(() => expect(sent(platform, 'gates.approve')).toHaveLength(1));
});

test('what the plane will refuse is said before it is asked, for a no as for a yes', async () => {
  const { platform } = await show({ open: atlas, handlers: { 'projects.work': () => toldOf(atlasWork, { freshness: LIVE }) } });
  await screen.findByText(/it checks the same for a rejection/);
  for (const name of [/^Approve 1 gate/, /^Reject/]) {
    const act = await button(name);
    expect(act.getAttribute('title'), `${name} says why not`).toBe('projects-eu refuses both answers while smoke_test is missing');
    await fireEvent.click(act);
  }
  expect([...sent(platform, 'gates.approve'), ...sent(platform, 'gates.reject')], 'and nothing is sent').toEqual([]);
});

test('while the plane is silent the page is told in the past, and every act says why not', async () => {
  await show({ open: atlas, items: projects, planes: [projectPlane({}, 'offline')], handlers: { 'projects.work': () => toldOf(atlasWork, { freshness: SILENT }) } });
  await screen.findByRole('heading', { level: 1, name: 'When last seen, 1 gate was short of one proof' });
  for (const name of [/^Approve 1 gate/, /^Reject/, /^Add a proof/, /^Set the agents of G8/, /^New project/]) {
    expect((await button(name)).getAttribute('title'), `${name}`).toContain('projects-eu is offline');
  }
  expect(document.body.textContent, 'no draft is promised').not.toMatch(/draft/i);
});

test('after the approval the next agents are a step of their own, sent with its reason', async () => {
  const approved = project('atlas-loyalty', {}, { freshness: LIVE, steps: gates(passed.slice(0, 8), { status: 'waiting', at: at('03:22:00') }) });
  const { platform } = await show({ open: approved, items: [approved], handlers: { 'projects.work': () => toldOf({ ...provenWork, executions: provenWork.executions!.slice(1) }, { freshness: LIVE }), 'projects.act': () => toldOf(provenWork) } });
  await screen.findByText('Next step: start the agents after G8');
  await fireEvent.click(await button(/^Start the next agents/));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText('go_on, gate G8').tagName, 'what exactly is sent').toBe('DD');
  const confirm = dialog.getByRole('button', { name: /^Start the agents after 1 gate in projects-eu/ });
  await fireEvent.click(confirm);
  expect(sent(platform, 'projects.act'), 'not without a reason').toEqual([]);
  await fireEvent.input(dialog.getByLabelText(/^Reason/), { target: { value: ' staging is open ' } });
  await fireEvent.click(confirm);
  await waitFor(() => expect(sent(platform, 'projects.act')).toEqual([{ connection: 'projects-eu', run: approved.run, act: { act: 'go_on', gate: 'G8' }, reason: 'staging is open' }]));
});

test('a proof is added with its kind, its path on the plane and a summary; an error stays with its request', async () => {
  const { platform } = await show({ open: atlas, handlers: { 'projects.work': () => toldOf(atlasWork, { freshness: LIVE }), 'projects.act': () => { throw refusal('There is no such file.'); } } });
  await screen.findByText('What G8 needs');
  await fireEvent.click(await button(/^Add a proof/));
  const dialog = within(await screen.findByRole('dialog'));
  expect((dialog.getByLabelText('Kind') as HTMLSelectElement).value, 'what is missing is offered first').toBe('smoke_test');
  await fireEvent.input(dialog.getByLabelText('Path on the plane'), { target: { value: '/srv/smoke.log' } });
  await fireEvent.input(dialog.getByLabelText('Summary'), { target: { value: '40 of 40 pass' } });
  await fireEvent.input(dialog.getByLabelText(/^Reason/), { target: { value: 'ran by hand' } });
  await fireEvent.click(dialog.getByRole('button', { name: /^Add 1 proof/ }));
  await dialog.findByText('There is no such file.');
  expect(dialog.getByText('req-7f3a').tagName, 'the id joins it to the logs').toBe('SPAN');
  expect(sent(platform, 'projects.act')).toMatchObject([{ act: { act: 'add_proof', gate: 'G8', kind: 'smoke_test', path: '/srv/smoke.log', summary: '40 of 40 pass' } }]);
});

test('a blocker is resolved and a deliverable completed by its own id', async () => {
  const work = { ...provenWork, deliverables: provenWork.deliverables!.map((one) => (one.path === 'deploy/staging/' ? { ...one, id: 'd7', status: 'in_review' as const } : one)), blockers: [{ ...provenWork.blockers![0]!, resolved_at: null }] };
  const { platform } = await show({ open: atlas, handlers: { 'projects.work': () => toldOf(work, { freshness: LIVE }), 'projects.act': () => toldOf(provenWork) } });
  await fireEvent.click(await button(/^Complete deploy\/staging/));
  await fireEvent.input(await screen.findByLabelText(/^Reason, kept/), { target: { value: 'seen' } });
  await fireEvent.click(await button(/^Complete 1 deliverable in projects-eu/));
  await waitFor(() => expect(sent(platform, 'projects.act')).toMatchObject([{ act: { act: 'complete_deliverable', deliverable: 'd7' }, reason: 'seen' }]));
  await fireEvent.click(await button(/^Resolve staging had no certificate/));
  await fireEvent.input(await screen.findByLabelText('How it was resolved'), { target: { value: 'renewed' } });
  await fireEvent.input(screen.getByLabelText(/^Reason, kept/), { target: { value: 'seen' } });
  await fireEvent.click(await button(/^Resolve 1 blocker in projects-eu/));
  await waitFor(() => expect(sent(platform, 'projects.act')).toHaveLength(2));
  expect(sent(platform, 'projects.act')[1]).toMatchObject({ act: { act: 'resolve_blocker', blocker: 'b1', resolution: 'renewed' } });
});

test('a locked connection says why nothing can be done', async () => {
  await show({ open: atlas, planes: [projectPlane({ read_only: true }, 'polled')] });
  await screen.findByText('What G8 needs');
  for (const name of [/^Approve 1 gate/, /^Add a proof/, /^New project/]) expect((await button(name)).getAttribute('title')).toBe('projects-eu is read-only; Connections unlocks it');
});

test('parts that a plane does not tell say so, and are neither empty nor wrong', async () => {
  await show({ open: atlas, handlers: { 'projects.work': () => toldOf({ needs: null, deliverables: null, tasks: null, executions: null, documents: null, costs: null, blockers: null }, { freshness: LIVE }) } });
  expect(await screen.findAllByText('Not told by this plane.')).toHaveLength(6);
  expect(screen.getByText(/may refuse either answer/).tagName, 'no promise is made for the verdict').toBe('P');
});

test('a plane that tells no more of its projects says why, and the gates stay', async () => {
  await show({ open: atlas, handlers: { 'projects.work': () => toldOf(null, { refusal: 'what belongs to a project is not read yet' }) } });
  await screen.findByText('projects-eu tells no more of its projects');
  expect(screen.getByText('projects-eu: what belongs to a project is not read yet.').tagName).toBe('P');
  expect(screen.getByRole('list', { name: 'Gates of atlas-loyalty' }).children).toHaveLength(9);
});

test('what could not be read now is told beside the copy that is shown', async () => {
  const error = { code: 'timed_out', message: 'The plane did not answer in time.', correlationId: 'req-9' };
  await show({ open: atlas, handlers: { 'projects.work': () => toldOf(provenWork, { error }) } });
  await screen.findByText('The plane did not answer in time.');
  expect(screen.getByText('What G8 needs').tagName, 'the copy is still there').toBe('H2');
});

test('an open project is asked for again every 15 seconds', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { platform } = await show({ open: atlas });
  await screen.findByText('What G8 needs');
  await vi.advanceTimersByTimeAsync(200);
  const before = platform.asked('projects.work').length;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(platform.asked('projects.work').length - before).toBe(2);
});

test('a filter without a match says how many it hides', async () => {
  await show({ items: readyProjects.slice(0, 2) });
  await fireEvent.click(await button(/^Waits for me 0/));
  await screen.findByText('0 of 2 projects match');
  await fireEvent.click(await button(/^Clear the filter/));
  expect(await screen.findAllByRole('row')).toHaveLength(3);
});

test('no plane, no permission and no project are not the same', async () => {
  const { session } = await show({ items: [], planes: [] });
  await screen.findByText('No plane with projects is connected');
  session.connections.resource.stop();
  document.body.replaceChildren();
  const locked = projectPlane({}, 'polled');
  await show({ items: [], planes: [{ ...locked, status: { ...locked.status, capabilities: [{ action: 'projects', availability: 'no', reason: 'the token may not read projects' }] } }] });
  expect((await screen.findByText(/the token may not read projects/)).textContent).toContain('projects-eu');
  document.body.replaceChildren();
  await show({ items: [] });
  await screen.findByRole('heading', { level: 1, name: 'There is no project yet' });
});

test('a project that nobody knows says so', async () => {
  await show({ open: { connection: 'projects-eu', run: 'nope' } });
  await screen.findByText('There is no such project');
});

test('a new project is sent with its plan, and without a key that its plane would not compare', async () => {
  const { platform } = await show({ handlers: { 'runs.create': () => ({ ...atlas, id: 'cmnew', goal: 'tea-shop' }) } });
  await fireEvent.click(await button(/^New project in projects-eu/));
  const dialog = within(await screen.findByRole('dialog'));
  await fireEvent.input(dialog.getByLabelText('Description'), { target: { value: 'too short' } });
  await dialog.findByText('A description has 10 to 2,000 characters; 1 more.');
  await fireEvent.click(dialog.getByRole('button', { name: /^Make 1 project/ }));
  expect(sent(platform, 'runs.create'), 'a wrong plan is not sent').toEqual([]);
  await fireEvent.input(dialog.getByLabelText('Description'), { target: { value: 'a shop for tea' } });
  await fireEvent.click(dialog.getByRole('button', { name: /^Make 1 project/ }));
  await waitFor(() => expect(sent(platform, 'runs.create')).toEqual([{ connection: 'projects-eu', plan: { description: 'a shop for tea' } }]));
  await waitFor(() => expect(location.hash, 'it is opened').toBe('#/projects/projects-eu/cmnew'));
});
