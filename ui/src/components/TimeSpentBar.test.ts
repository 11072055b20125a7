import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import TimeSpentBar from './TimeSpentBar.svelte';

test('the bar says in words what it draws', () => {
  const { container } = render(TimeSpentBar, { spent: { queued_ms: 96_000, running_ms: 180_000, retry_wait_ms: 0, breaker_wait_ms: 120_000, approval_ms: 0 }, status: 'failed' });
  expect(screen.getByRole('img').getAttribute('aria-label'), 'a screen reader gets the numbers').toBe('queue 1m 36s, run 3m 00s, held by a breaker 2m 00s');
  expect([...container.querySelectorAll('i')].map((part) => part.className.split(' ')[0]), 'what took no time is not drawn').toEqual(['time-queued', 'time-running', 'time-held', 'time-failed']);
});
