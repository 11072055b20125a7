import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { runStatusAppearance, stepStatusAppearance } from '../state/appearance';
import StatusPill from './StatusPill.svelte';

const RUNS = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;

test.each(RUNS)('%s has a shape and a word, so that colour is never the only carrier', (status) => {
  const { container } = render(StatusPill, { of: runStatusAppearance(status) });
  expect(container.querySelector('svg')?.childElementCount, 'a shape is drawn').toBeGreaterThan(0);
  expect(container.textContent?.trim(), 'a word stands beside it').toBe(runStatusAppearance(status).word);
});

test('states that a reader must tell apart have different shapes', () => {
  const shape = (tone: ReturnType<typeof stepStatusAppearance>) => render(StatusPill, { of: tone }).container.querySelector('svg')?.innerHTML;
  const shapes = [shape(stepStatusAppearance('succeeded')), shape(stepStatusAppearance('failed')), shape(stepStatusAppearance('cancelled')), shape(stepStatusAppearance('skipped'))];
  expect(new Set(shapes).size, 'in greyscale only the shape is left').toBe(shapes.length);
});
