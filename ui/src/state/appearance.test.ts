import { expect, test } from 'vitest';
import { outcomeAppearance } from './appearance';

test('an act was carried out, or the code of the error says why not', () => {
  expect(outcomeAppearance({ outcome: 'done' }), 'it was carried out').toEqual({ tone: 'ok', word: 'Done' });
  expect(outcomeAppearance({ outcome: 'read_only' }), 'it was not, and why').toEqual({ tone: 'failed', word: 'Not done: read only' });
});
