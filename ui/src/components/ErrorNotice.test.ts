import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { at } from '../../tests/incident/clock';
import { fixedSession } from '../../tests/session';
import ErrorNotice from './ErrorNotice.svelte';

test('an error says what, what is shown instead, which request, and how to go on', async () => {
  const onretry = vi.fn();
  render(ErrorNotice, {
    props: { error: { code: 'x', message: 'stores-eu answered 500', hint: 'Ask its owner.', correlationId: 'c41e-77' }, copyOf: at('03:14:15'), onretry },
    context: fixedSession().context,
  });
  const alert = screen.getByRole('alert').textContent ?? '';
  for (const part of ['stores-eu answered 500', 'Ask its owner.', '03:14:15', 'c41e-77']) expect(alert, `${part} must be said`).toContain(part);
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onretry, 'trying again is one click').toHaveBeenCalledOnce();
});
