import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import ConnectionForm from './ConnectionForm.svelte';

test('the form says where the token will be kept, as chosen', async () => {
  const app = { keychain: { available: false, reason: 'It is locked.', remedy: 'Unlock it.' } };
  const { context } = fixedSession(new ScriptedPlatform({ 'app.info': () => app }));
  render(ConnectionForm, { props: { onadded: () => undefined }, context });
  const choice = await screen.findByRole('checkbox', { name: /for this session only/ });
  expect(screen.queryByText('OS keychain only'), 'before the choice only the keychain would be used').not.toBeNull();
  await fireEvent.click(choice);
  expect(screen.queryByText('OS keychain only'), 'nothing goes into the keychain now').toBeNull();
  expect(screen.queryByText('This session only'), 'the choice is repeated at the button').not.toBeNull();
});
