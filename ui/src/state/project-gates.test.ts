import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { atlas, gate, gates, harbor, kelp, passed, project, projects, quay } from '../../tests/incident/projects';
import { approvedGates, byNeed, gateInQuestion, lastApproved, projectNow, waitsForVerdict } from './project-gates';

test('gates are counted once each, whatever the plane says in percent', () => {
  expect([atlas, harbor, kelp, quay].map(approvedGates)).toEqual([7, 5, 3, 9]);
  expect(approvedGates({ steps: gates([], null) }), 'none was reached').toBe(0);
});

test('a project is told in one word, with the gate that explains it and since when', () => {
  expect([atlas, harbor, kelp, quay].map((one) => projectNow(one).word)).toEqual(['G8 in review', 'G6 blocked', 'G4 working', 'Finished']);
  expect(projectNow(atlas).since, 'since the verdict was asked for').toBe(at('02:58:20'));
  expect(projectNow(kelp).since, 'since the agents began').toBe(at('03:04:01'));
  const rejected = gates([], { status: 'failed', at: at('03:00:00'), failure: { code: 'rejected', message: 'too vague', remedy: null, retryable: false } });
  expect(projectNow(project('no', {}, { status: 'failed', steps: rejected })).word).toBe('G1 rejected');
  expect(projectNow(project('new', {}, { status: 'queued' })).word).toBe('Not started');
});

test('what nobody can go on from explains a project before what is under way, and an end before both', () => {
  const both = [gate(1, { status: 'failed', at: at('03:00:00'), failure: { code: 'rejected', message: 'no', remedy: null, retryable: false } }), gate(2, { status: 'running', at: at('03:01:00') })];
  expect(projectNow(project('mending', {}, { status: 'running', steps: both })).word, 'agents mend what was rejected').toBe('G2 working');
  const blocked = [gate(1, { status: 'failed', failure: { code: 'blocked', message: 'no', remedy: null, retryable: false } }), gate(2, { status: 'running' })];
  expect(projectNow(project('stuck', {}, { status: 'failed', steps: blocked })).word).toBe('G1 blocked');
  expect(projectNow({ ...quay, status: 'waiting' }).word, 'the last gate is the end, whatever else is said').toBe('Finished');
});

test('what waits for a verdict is on top and what is finished comes last', () => {
  expect(byNeed(projects).map((one) => one.name)).toEqual(['atlas-loyalty', 'harbor-returns', 'kelp-pricing', 'quay-search']);
  const later = { ...atlas, run: 'later', name: 'later', changed_at: at('03:14:00') };
  expect(byNeed([atlas, later]).map((one) => one.name), 'of two that wait, the newest change first').toEqual(['later', 'atlas-loyalty']);
  expect(projects.filter(waitsForVerdict).map((one) => one.name)).toEqual(['atlas-loyalty']);
});

test('the gate in question is the one that explains, or the first that is not approved', () => {
  expect(gateInQuestion(harbor)?.name).toBe('G6');
  expect(gateInQuestion(project('between', {}, { steps: gates(passed.slice(0, 2), null) }))?.name).toBe('G3');
  expect(gateInQuestion(quay)?.name, 'nothing is open').toBe('G9');
  expect([lastApproved(atlas)?.name, lastApproved(project('new', {}, {}))?.name]).toEqual(['G7', undefined]);
});
