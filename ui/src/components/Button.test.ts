import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import Button from './Button.svelte';

const text = (words: string) => createRawSnippet(() => ({ render: () => `<span>${words}</span>` }));

test('a button that cannot be used stays reachable, says why, and does nothing', () => {
  const onclick = vi.fn();
  render(Button, { children: text('Retry 1 step'), disabledReason: 'flow-eu is read-only', onclick });
  const button = screen.getByRole('button');
  button.click();
  expect(onclick, 'nothing may happen').not.toHaveBeenCalled();
  expect(button.hasAttribute('disabled'), 'disabled would take it out of the tab order').toBe(false);
  expect(button.getAttribute('aria-disabled'), 'its state is told').toBe('true');
  expect(button.textContent, 'the reason is part of what is read out').toContain('flow-eu is read-only');
});

test('a link that cannot be followed is no link', () => {
  render(Button, { children: text('Open'), href: '#/runs', disabledReason: 'the run is gone' });
  expect(screen.queryByRole('link'), 'a dead link would still navigate').toBeNull();
});
