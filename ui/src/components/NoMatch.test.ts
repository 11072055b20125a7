import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import NoMatch from './NoMatch.svelte';

test('it says how much is hidden and lets one filter or all of them go', async () => {
  const [one, all] = [vi.fn(), vi.fn()];
  render(NoMatch, { total: 12_418, noun: 'runs', wanted: 'step:codgen', filters: 3, onclearone: one, onclearall: all });
  expect(screen.getByText('0 of 12,418 runs match'), 'nothing is lost, only hidden').toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Clear 1 filter' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Clear all 3' }));
  expect([one.mock.calls.length, all.mock.calls.length], 'both ways work').toEqual([1, 1]);
});
