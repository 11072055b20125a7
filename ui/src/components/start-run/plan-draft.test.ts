import { expect, test } from 'vitest';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import type { Template } from '../../rpc/schema';
import { PlanDraft } from './plan-draft.svelte';

const template = (id: string): Template => ({ id, title: id, summary: '', fields: [] }) as unknown as Template;

function open(answer: () => unknown = () => ({ connection: 'c', id: 'run_1' })) {
  const platform = new ScriptedPlatform({ 'runs.create': answer });
  const draft = new PlanDraft(platform.call);
  draft.text = 'goal: one';
  const keys = () => platform.asked('runs.create').map((request) => (request as { idempotency_key: string }).idempotency_key);
  return { draft, keys };
}

test('a wish whose answer was lost keeps its key, so that trying again starts no second run', async () => {
  const { draft, keys } = open(() => {
    throw refusal('no answer');
  });
  await draft.start('c').catch(() => undefined);
  await draft.start('c').catch(() => undefined);
  expect(keys()[1], 'the same plan at the same place is the same wish').toBe(keys()[0]);
});

test('a start that succeeded ends the wish: the same plan may be started again', async () => {
  const { draft, keys } = open();
  await draft.start('c');
  await draft.start('c');
  expect(new Set(keys()).size, 'each start is a run of its own').toBe(2);
});

test('another plan, template, value or place is another wish', async () => {
  const { draft, keys } = open(() => {
    throw refusal('no answer');
  });
  const start = (place: string) => draft.start(place).catch(() => undefined);
  await start('c');
  draft.text = 'goal: two';
  await start('c');
  await start('elsewhere');
  draft.template = template('hello');
  await start('elsewhere');
  draft.values = { name: 'x' };
  await start('elsewhere');
  draft.template = template('other');
  await start('elsewhere');
  expect(new Set(keys()).size, 'no two of the six may share a key').toBe(6);
});
