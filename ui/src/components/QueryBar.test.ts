import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import QueryBar from './QueryBar.svelte';

const open = (tokens: { key: string; value: string }[] = []) => {
  const onchange = vi.fn();
  render(QueryBar, { filter: { tokens, text: '' }, onchange, placeholder: 'Filter' });
  return { onchange, input: screen.getByRole('combobox') };
};

test('a finished token leaves the text and joins the filter', async () => {
  const { onchange, input } = open();
  await fireEvent.input(input, { target: { value: 'codegen status:failed ' } });
  expect(onchange, 'a space ends a token').toHaveBeenCalledWith({ tokens: [{ key: 'status', value: 'failed' }], text: 'codegen' });
});

test('an unfinished token is not asked for as text', async () => {
  vi.useFakeTimers();
  const { onchange, input } = open();
  await fireEvent.input(input, { target: { value: 'status:fai' } });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onchange, 'half a filter would hide every run').not.toHaveBeenCalled();
  vi.useRealTimers();
});

test('Backspace in an empty bar takes the newest token away', async () => {
  const { onchange, input } = open([{ key: 'status', value: 'failed' }, { key: 'created', value: '24h' }]);
  await fireEvent.keyDown(input, { key: 'Backspace' });
  expect(onchange, 'the last one goes, the others stay').toHaveBeenCalledWith({ tokens: [{ key: 'status', value: 'failed' }], text: '' });
});

test('the same token twice is shown twice and does not break the bar', () => {
  open([{ key: 'status', value: 'failed' }, { key: 'status', value: 'failed' }]);
  expect(screen.getAllByRole('button', { name: 'Remove status failed' }), 'an address may say a thing twice').toHaveLength(2);
});

test('what is not understood is said to be left out', () => {
  open([{ key: 'error', value: 'timeout' }, { key: 'status', value: 'failed' }]);
  expect(screen.getByRole('status').textContent, 'a list that ignores a filter must say so').toBe('1 filter is not understood and left out');
});
