import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { connection, projectPlane } from '../../tests/incident/around';
import { breaker } from '../../tests/incident/breakers';
import { at } from '../../tests/incident/clock';
import { projects, readyProjects } from '../../tests/incident/projects';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import Rail from './Rail.svelte';

test('the rail counts the breakers that refuse calls, not those that nothing calls', async () => {
  const breakers = [
    breaker({ id: 'a', state: 'open', next_probe_at: at('03:18:27') }),
    breaker({ id: 'b', state: 'open', last_call_at: at('02:00:00'), rejections: 9 }),
  ];
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu')], 'breakers.list': () => breakers }));
  session.connections.resource.want(null, []);
  render(Rail, { context });
  expect((await screen.findByText(/refusing calls/)).textContent, 'one of the two needs a person').toContain('(1 refusing calls');
});

test('the rail counts the gates that wait, and says that it does not know while their plane is silent', async () => {
  const show = (state: 'polled' | 'offline', items = readyProjects) => {
    const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu'), projectPlane({}, state)], 'projects.list': () => ({ items, more: false }) }));
    session.connections.resource.want(null, []);
    return render(Rail, { context });
  };
  const { unmount } = show('polled');
  expect((await screen.findByText(/waits for a verdict/)).parentElement?.textContent, 'one of four').toMatch(/^1\s*\(1 gate waits/);
  unmount();
  show('offline', projects);
  expect((await screen.findByText(/gates that wait are not known/)).parentElement?.textContent).toContain('?');
});

test('where no plane has projects, nobody is asked for them', async () => {
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu')], 'breakers.list': () => [breaker({ state: 'open', next_probe_at: at('03:18:27') })] }));
  session.connections.resource.want(null, []);
  render(Rail, { context });
  await screen.findByText(/refusing calls/);
  expect(platform.asked('projects.list')).toEqual([]);
});
