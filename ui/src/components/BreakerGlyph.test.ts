import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { BreakerState } from '../rpc/schema';
import BreakerGlyph from './BreakerGlyph.svelte';

const draw = (state: BreakerState) => render(BreakerGlyph, { state }).container;

test('every state of a breaker is another drawing with its word', () => {
  const states: BreakerState[] = ['closed', 'half_open', 'open', 'isolated', 'unknown'];
  const drawings = states.map((state) => draw(state).querySelector('svg')?.innerHTML);
  expect(new Set(drawings).size, 'a silent breaker must not look like its last state').toBe(states.length);
  expect(draw('half_open').textContent?.trim(), 'the word is the one of the design').toBe('Half-open');
});
