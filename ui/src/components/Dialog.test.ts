import { fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { fixedSession } from '../../tests/session';
import Dialog from './Dialog.svelte';

const children = createRawSnippet(() => ({ render: () => '<p>One attempt is added.</p>' }));

function open(disabledReason?: string) {
  const onconfirm = vi.fn();
  const { session, context } = fixedSession();
  render(Dialog, { props: { open: true, title: 'Retry codegen', confirm: 'Retry 1 step', onconfirm, children, disabledReason }, context });
  return { onconfirm, session };
}

test('Ctrl Enter confirms, and page keys are off meanwhile', async () => {
  const { onconfirm, session } = open();
  const page = vi.fn();
  session.keys.add([{ keys: 'j', label: 'Next', run: page }]);
  const dialog = await screen.findByRole('dialog');
  session.keys.handle(new KeyboardEvent('keydown', { key: 'j' }));
  expect(page, 'the list behind must not move').not.toHaveBeenCalled();
  await fireEvent.keyDown(dialog, { key: 'Enter', ctrlKey: true });
  expect(onconfirm, 'the keyboard can finish what it began').toHaveBeenCalledOnce();
});

test('what cannot be confirmed yet says why and is not sent', async () => {
  const { onconfirm } = open('a reason is needed');
  const dialog = await screen.findByRole('dialog');
  await fireEvent.keyDown(dialog, { key: 'Enter', ctrlKey: true });
  expect(onconfirm, 'no way round the reason').not.toHaveBeenCalled();
  expect(dialog.textContent, 'the reason is visible, not only in a tooltip').toContain('Not yet: a reason is needed.');
});

test('what will follow is in sight before and after the reason is typed', async () => {
  const scope = createRawSnippet(() => ({ render: () => '<p>1 running step will be stopped.</p>' }));
  const { context } = fixedSession();
  const { rerender } = render(Dialog, { props: { open: true, title: 'Cancel', confirm: 'Cancel 1 run', onconfirm: vi.fn(), children, scope, disabledReason: 'a reason is needed' }, context });
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent, 'foresight comes first').toContain('1 running step will be stopped.');
  await rerender({ disabledReason: null });
  expect(dialog.textContent, 'and stays').toContain('1 running step will be stopped.');
});
