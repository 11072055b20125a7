import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { WireError } from '../../rpc/schema';
import ConnectionPane from './ConnectionPane.svelte';
import { verdict } from './words';

const error: WireError = { code: 'offline', message: 'It cannot be reached.', hint: 'Test the connection to see which hop fails.', correlationId: 'c' };

function open() {
  const one = connection('flow-eu', {}, 'offline');
  const tested = { passed: false, kind: null, hops: [{ name: 'Connect', result: 'fail', detail: 'refused', duration_ms: 2 }], error };
  const { context } = fixedSession(new ScriptedPlatform({ 'connections.test': () => tested }));
  render(ConnectionPane, { props: { connection: { ...one, status: { ...one.status, error } } }, context });
}

test('a test says why it failed once, and no longer advises to test', async () => {
  open();
  expect(screen.getByText(error.message).parentElement?.textContent, 'before it, the way out is to test').toBe(`${error.message} ${error.hint ?? ''}`);
  await fireEvent.click(screen.getByRole('button', { name: 'Test the way' }));
  await screen.findByText('refused');
  expect(screen.getAllByText(error.message), 'the same words stand once').toHaveLength(1);
  expect(screen.queryByText(error.hint ?? ''), 'it was tested').toBeNull();
});

test('forgetting begins at the name that must be typed', async () => {
  open();
  await fireEvent.click(screen.getByRole('button', { name: 'Forget flow-eu on this machine' }));
  await screen.findByRole('dialog');
  await vi.waitFor(() => expect(document.activeElement, 'nothing can be done without it').toBe(screen.getByLabelText(/^Type/)));
});

test.each([
  [1, 1, '1 control plane, and it answers'],
  [1, 0, '1 control plane, and it does not answer'],
  [3, 3, '3 control planes, and all answer'],
  [3, 2, '3 control planes, 2 answer'],
  [3, 1, '3 control planes, only 1 answers'],
  [3, 0, '3 control planes, none answers'],
])('of %i planes %i answer', (total, answering, line) => {
  expect(verdict(total, answering), 'a sentence').toBe(line);
});
