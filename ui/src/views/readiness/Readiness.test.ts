import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import Readiness from './Readiness.svelte';

const found = (on: string, status: string) => ({
  score: 0, checked_at: null,
  checks: [{ id: 'plane.answers', title: 'It answers', proves: '', group: 'Plane', connection: on, status, evidence: null, remedy: '', owner: '', weight: 4, checked_at: null }],
});

test('checks run on the control plane that is looked at, and what they find there is shown', async () => {
  const flow = connection('flow-eu');
  const platform = new ScriptedPlatform({
    'connections.list': () => [flow],
    'preferences.get': () => ({ 'scope.connection': flow.id }),
    'readiness.get': () => found('built-in', 'fail'),
    'readiness.run': () => found(flow.id, 'pass'),
  });
  const { session, context } = fixedSession(platform);
  session.connections.resource.want(null, []);
  await session.preferences.load();
  await vi.waitFor(() => expect(session.scope, 'one plane is looked at').toBe(flow.id));
  render(Readiness, { context });
  await screen.findByText('Not probed yet');
  await fireEvent.click(screen.getByRole('button', { name: /^Run 1 check/ }));
  await screen.findByText('Ready: every check passes');
  expect(platform.asked('readiness.run'), 'the run names its plane').toEqual([{ checks: [], connection: flow.id }]);
});
