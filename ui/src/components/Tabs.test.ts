import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import Tabs from './Tabs.svelte';

test('arrows move between tabs and only the chosen one is in the tab order', async () => {
  const onchange = vi.fn();
  render(Tabs, { tabs: [{ id: 'a', label: 'Failing now', count: 1_039 }, { id: 'b', label: 'All' }], value: 'a', onchange, label: 'Views', controls: 'x' });
  const [first, second] = screen.getAllByRole('tab');
  expect(first?.textContent, 'the count stands beside the name').toContain('1,039');
  expect([first?.tabIndex, second?.tabIndex], 'one stop for the whole list').toEqual([0, -1]);
  await fireEvent.keyDown(first as Element, { key: 'ArrowLeft' });
  expect(onchange, 'left of the first is the last').toHaveBeenCalledWith('b');
});
