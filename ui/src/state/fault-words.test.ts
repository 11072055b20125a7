import { expect, test } from 'vitest';
import { faultText } from './fault-words';

test('what is wrong and what to do are two sentences, however they were written', () => {
  expect(faultText({ message: 'a name has 1 to 60 characters', remedy: 'Write a short name' }), 'a stop stands between them').toBe('A name has 1 to 60 characters. Write a short name.');
  expect(faultText({ message: 'The name is taken.', remedy: '' }), 'nothing is added to a whole sentence').toBe('The name is taken.');
});
