import { expect, test } from 'vitest';
import { actStep, actWord, isAbout } from './act-words';

test('acts are told in words, and those of a later version by their own', () => {
  expect(actWord({ action: 'retry_step' }), 'a verb, not a name of the wire').toBe('Retry');
  expect(actWord({ action: 'move_mountain' }), 'nothing is left out').toBe('move mountain');
});

test('an act belongs to the run that it names, and only names the step', () => {
  expect(actStep({ target: 'run_1/codegen' }, 'run_1'), 'the run is above the list').toBe('codegen');
  expect(actStep({ target: 'run_1' }, 'run_1'), 'the run itself').toBe('');
  expect([isAbout({ target: 'run_1' }, 'run_1'), isAbout({ target: 'run_1/a' }, 'run_1'), isAbout({ target: 'run_12/a' }, 'run_1')], 'not one whose name only begins like it').toEqual([true, true, false]);
});
