import { expect, test } from 'vitest';
import { steps } from '../../../tests/incident/lumen';
import { stepBlast } from './step-blast';

const codegen = steps.find((step) => step.name === 'codegen')!;

test('the newest attempt that met a breaker leads to its blast radius, with where it stood then', () => {
  expect(stepBlast('flow-eu', codegen)).toBe(`#/breakers/flow-eu/ai%3Aanthropic/blast?${new URLSearchParams({ at: codegen.attempts[3]!.started_at, state: 'open' })}`);
});

test('a step that has not run leads to the breaker that it will meet, and one that meets none nowhere', () => {
  expect(stepBlast('flow-eu', { attempts: [], breaker: 'ai:openai' })).toBe('#/breakers/flow-eu/ai%3Aopenai/blast');
  expect(stepBlast('flow-eu', { attempts: [], breaker: null })).toBeNull();
});
