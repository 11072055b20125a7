import { expect, test } from 'vitest';
import { queue } from '../../../tests/incident/teams';
import { atMostFault, countFacts } from './queue-words';

test('a number that its plane does not tell is named, and never shown as none', () => {
  const facts = countFacts({ ...queue, delayed: null, oldest_ms: null });
  expect(facts).toContainEqual(['Waiting', '1,204']);
  expect(facts.map(([name]) => name), 'nothing stands for what is not told').not.toContain('Delayed');
  expect(facts.at(-1)).toEqual(['Not told', 'delayed, oldest']);
  expect(countFacts(queue), 'all is told').toContainEqual(['Oldest', 'has waited 41s']);
  expect(countFacts({ ...queue, dead_letters: 0 }), 'none is a number too').toContainEqual(['Dead letters', '0']);
});

test.each([['1', true], ['500', true], [' 20 ', true], ['0', false], ['501', false], ['-1', false], ['1.5', false], ['1e2', false], ['', false], ['all', false]])('%j is a number of dead letters to put back: %s', (typed, fine) => {
  expect(atMostFault(typed) === null, 'from 1 to 500').toBe(fine);
});
