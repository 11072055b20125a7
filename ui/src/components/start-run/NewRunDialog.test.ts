import { render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection, templates } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import NewRunDialog from './NewRunDialog.svelte';

test('the first thing that the keyboard reaches is what to start from', async () => {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu')], 'templates.list': () => templates }));
  session.connections.resource.want(null, []);
  render(NewRunDialog, { props: { open: true, onstarted: () => undefined }, context });
  await screen.findByRole('dialog', { name: 'Start a run' });
  await vi.waitFor(() => expect(screen.getByRole('group', { name: 'What to start from' }).contains(document.activeElement), 'not Cancel, the last stop of all').toBe(true));
});
