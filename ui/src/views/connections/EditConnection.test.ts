import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import { CallError } from '../../rpc/call';
import type { ConnectionView } from '../../rpc/schema';
import EditConnection from './EditConnection.svelte';

function open(one: ConnectionView, answer: () => unknown) {
  const { platform, context } = fixedSession(new ScriptedPlatform({ 'connections.edit': answer }));
  const onclose = vi.fn();
  render(EditConnection, { props: { connection: one, onclose }, context });
  const save = () => fireEvent.click(screen.getByRole('button', { name: /^Save changes/ }));
  return { platform, onclose, save };
}

test('only what was changed is sent, and the form closes once it is kept', async () => {
  const { platform, onclose, save } = open(connection('flow-eu'), () => connection('flow-west'));
  await save();
  expect(platform.asked('connections.edit'), 'nothing changed, nothing is sent').toEqual([]);
  await fireEvent.input(screen.getByLabelText('Name'), { target: { value: ' flow-west ' } });
  await save();
  await vi.waitFor(() => expect(onclose, 'it is kept').toHaveBeenCalledOnce());
  expect(platform.asked('connections.edit'), 'the address and the environment stay out').toEqual([{ connection: connection('flow-eu').id, name: 'flow-west' }]);
});

test('each fault stands at its field, and what was typed stays', async () => {
  const fault = (path: string, message: string) => ({ path, rule: 'shape', message, remedy: 'Write another.' });
  const { onclose, save } = open(connection('flow-eu'), () => {
    throw new CallError({ code: 'invalid', message: 'two faults', correlationId: 'req-1', faults: [fault('name', 'The name is taken.'), fault('base_url', 'The address has no host.')] });
  });
  await fireEvent.input(screen.getByLabelText('Address'), { target: { value: 'https://' } });
  await save();
  await vi.waitFor(() => expect(screen.getByLabelText('Address').getAttribute('aria-invalid'), 'the field is marked').toBe('true'));
  for (const [label, words] of [['Address', 'has no host'], ['Name', 'is taken']] as const) {
    const note = document.getElementById(screen.getByLabelText(label).getAttribute('aria-describedby') ?? '');
    expect(note?.textContent, `${label} says its own fault`).toContain(words);
  }
  expect(screen.getByLabelText<HTMLInputElement>('Address').value, 'nothing is lost').toBe('https://');
  expect(onclose, 'the form stays').not.toHaveBeenCalled();
});

test('the built-in plane cannot be renamed or moved, and the form says why', async () => {
  const { platform, save } = open(connection('here', { built_in: true, environment: 'local' }), () => connection('here'));
  for (const label of ['Name', 'Address']) {
    const field = screen.getByLabelText<HTMLInputElement>(label);
    expect([field.getAttribute('aria-disabled'), field.readOnly], `${label} cannot be changed`).toEqual(['true', true]);
    expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent, `${label} says why`).toContain('keeps its name and address');
  }
  await fireEvent.change(screen.getByLabelText('Environment'), { target: { value: 'staging' } });
  await save();
  expect(platform.asked('connections.edit'), 'its environment may be changed').toEqual([{ connection: connection('here').id, environment: 'staging' }]);
});
