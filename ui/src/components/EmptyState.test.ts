import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import EmptyState from './EmptyState.svelte';
import LoadingSkeleton from './LoadingSkeleton.svelte';

test('empty and loading can be told apart without seeing them', () => {
  render(EmptyState, { icon: 'list-tree', title: 'No runs yet', children: createRawSnippet(() => ({ render: () => '<p>Start one.</p>' })) });
  render(LoadingSkeleton, { label: 'Reading runs from the cache' });
  expect(screen.getByText('Start one.'), 'empty says how data gets here').toBeTruthy();
  expect(screen.getByRole('status').textContent, 'loading says what is being read').toContain('Reading runs');
  expect(screen.getByRole('status').textContent, 'and never that there is nothing').not.toContain('No runs');
});
