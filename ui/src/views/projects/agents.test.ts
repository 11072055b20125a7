import { expect, test } from 'vitest';
import type { AgentExecution } from '../../rpc/schema';
import { at } from '../../../tests/incident/clock';
import { atlas, atlasWork, gates, kelp, passed, project, quay } from '../../../tests/incident/projects';
import { agentWord, goOnDue, tasksByAgent } from './agents';

test.each([['QA_ENGINEER', 'QA engineer'], ['UX_UI_DESIGNER', 'UX/UI designer'], ['DEVOPS_ENGINEER', 'DevOps engineer'], ['ARCHITECT', 'Architect'], ['the one', 'the one']])('%s is read as %s', (agent, word) => {
  expect(agentWord(agent)).toBe(word);
});

test('tasks are counted by agent, with what each is at or when it was finished', () => {
  const groups = tasksByAgent(atlasWork.tasks!, atlasWork.executions!);
  const of = (agent: string) => groups.find((group) => group.agent === agent)!;
  expect(groups.reduce((sum, group) => sum + group.done, 0)).toBe(31);
  expect([of('DEVOPS_ENGINEER').done, of('DEVOPS_ENGINEER').at?.title, of('DEVOPS_ENGINEER').finished]).toEqual([2, 'run smoke tests on staging', null]);
  expect([of('SECURITY_ENGINEER').at, of('SECURITY_ENGINEER').finished]).toEqual([null, at('01:15:00')]);
  expect(of('FRONTEND_DEVELOPER').failed, 'what ended badly is told').toBe(1);
});

test('after an approval the next agents are due until somebody was set to work', () => {
  const approved = project('next', {}, { steps: gates(passed.slice(0, 8), null) });
  expect(goOnDue(approved, { ...atlasWork, executions: atlasWork.executions!.slice(1) })).toMatchObject({ gate: { name: 'G8' }, sure: true });
  const started: AgentExecution = { ...atlasWork.executions![0]!, started_at: at('02:10:01') };
  expect(goOnDue(approved, { ...atlasWork, executions: [started] }), 'G8 was approved at 02:10:00').toBeNull();
  expect(goOnDue(atlas, atlasWork), 'DevOps went on after G7').toBeNull();
  expect(goOnDue(approved, { ...atlasWork, executions: null }), 'what is not told is not sure').toMatchObject({ sure: false });
  const hundred = Array.from({ length: 100 }, (_, index) => ({ ...atlasWork.executions![3]!, id: `x${index}` }));
  expect(goOnDue(approved, { ...atlasWork, executions: hundred }), 'the newest may be missing from so many').toMatchObject({ sure: false });
});

test('nothing is due where nothing was approved, while agents work, and at the end', () => {
  const idle = { ...atlasWork, executions: [] };
  expect([project('new', {}, { status: 'queued' }), kelp, quay].map((one) => goOnDue(one, idle))).toEqual([null, null, null]);
});
