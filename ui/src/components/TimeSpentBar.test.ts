import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import TimeSpentBar from './TimeSpentBar.svelte';

test('the bar says in words what it draws', () => {
  const parts = [{ kind: 'queued' as const, ms: 96_000 }, { kind: 'running' as const, ms: 180_000 }, { kind: 'held' as const, ms: 120_000 }, { kind: 'other' as const, ms: 4_000 }];
  const { container } = render(TimeSpentBar, { parts, status: 'failed' });
  expect(screen.getByRole('img').getAttribute('aria-label'), 'a screen reader gets the numbers').toBe('queue 1m 36s, running 3m 00s, held 2m 00s, other 4s');
  expect([...container.querySelectorAll('i')].map((part) => part.className.split(' ')[0]), 'what nothing explains is a line, not a bar').toEqual(['time-queued', 'time-running', 'time-held', 'other', 'time-failed']);
});
