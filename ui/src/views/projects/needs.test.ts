import { expect, test } from 'vitest';
import type { ProjectWork, Proof } from '../../rpc/schema';
import { at } from '../../../tests/incident/clock';
import { atlasWork, needs, provenWork } from '../../../tests/incident/projects';
import { addableKinds, changedSince, deliverablesAt, forbiddenAt, list, missingKinds, needsOf, proofCount, provenSince } from './needs';

const proof = (kind: string, result: Proof['result'], of: Partial<Proof> = {}): Proof => ({ kind, result, is_required: true, at: at('03:00:00'), can_be_added: true, ...of });
const asking = (gate: string, ...proofs: Proof[]): ProjectWork => ({ ...atlasWork, needs: [{ gate, asks_for_proof: true, proofs, paths: [] }] });
const because = (gate: string, work: ProjectWork | null) => forbiddenAt(gate, work).because;

test('a missing proof is named, and nothing is forbidden once it holds', () => {
  expect(because('G8', atlasWork)).toEqual(['smoke_test is missing']);
  expect(because('G8', provenWork)).toEqual([]);
  expect(because('G9', atlasWork)).toEqual(['deployment_log, smoke_test and manual_verification are missing']);
});

test.each(['fail', 'warning', 'info'] as const)('a proof that says %s does not count as holding', (result) => {
  expect(because('G8', asking('G8', proof('smoke_test', result)))).toEqual(['smoke_test does not pass']);
});

test('a proof that names no gate counts nowhere, also where it is of the kind that is required', () => {
  const work = asking('G8', proof('smoke_test', null), proof('smoke_test', 'pass', { is_required: false }));
  expect(because('G8', work)).toEqual(['smoke_test is missing']);
  expect([proofCount(needsOf(work, 'G8'))?.text, provenSince(needsOf(work, 'G8')!)]).toEqual(['0 of 1 proofs', null]);
});

test('a proof that was given twice holds if one of them does', () => {
  const work = asking('G8', proof('smoke_test', 'fail'), proof('smoke_test', 'pass'));
  expect(because('G8', work)).toEqual([]);
  expect(proofCount(needsOf(work, 'G8')), 'and is counted once').toEqual({ text: '1 of 1 proofs', short: false });
});

test('at the gate of tests one failure is enough for a refusal', () => {
  expect(because('G6', asking('G6', proof('unit_test_output', 'pass'), proof('unit_test_output', 'fail')))).toEqual(['unit_test_output has failed']);
  expect(because('G6', asking('G6', proof('unit_test_output', 'fail'))), 'it is named once').toEqual(['unit_test_output does not pass']);
});

test('a gate without a list of proofs wants one of any kind; a gate that asks for none wants none', () => {
  expect(because('G4', asking('G4'))).toEqual(['no proof holds']);
  expect(because('G4', asking('G4', proof('screenshot', 'pass', { is_required: false })))).toEqual([]);
  const switchedOff = { ...atlasWork, needs: [{ gate: 'G8', asks_for_proof: false, proofs: [proof('smoke_test', null)], paths: [] }] };
  expect(because('G8', switchedOff), 'its plane does not look at them').toEqual([]);
  expect(proofCount(needsOf(switchedOff, 'G8'))).toBeNull();
});

test('one deliverable of the whole project that is not complete forbids both answers', () => {
  const open = (count: number): ProjectWork => ({ ...provenWork, deliverables: provenWork.deliverables!.map((one, index) => (index < count ? { ...one, status: 'in_review' } : one)) });
  expect(because('G8', open(1))).toEqual(['deliverable docs/INTAKE.md is not complete']);
  expect(because('G8', open(3))).toEqual(['3 deliverables of the project are not complete']);
});

test('what is not told forbids nothing and is not taken for fine', () => {
  expect(forbiddenAt('G8', null)).toEqual({ because: [], known: false });
  expect(forbiddenAt('G8', { ...provenWork, deliverables: null }).known).toBe(false);
  expect(forbiddenAt('G8', provenWork).known).toBe(true);
});

test('proofs hold since the last of them was given', () => {
  expect(provenSince(needsOf(provenWork, 'G8')!)).toBe(at('03:21:44'));
  expect(provenSince(needsOf(atlasWork, 'G8')!), 'one is missing').toBeNull();
  expect(missingKinds(needsOf(atlasWork, 'G8')!)).toEqual(['smoke_test']);
});

test('only what can be given from here is offered, what is missing first', () => {
  expect(addableKinds(needsOf(atlasWork, 'G8'))).toEqual(['smoke_test', 'deployment_log']);
  expect(addableKinds(needsOf(atlasWork, 'G6')), 'the plane makes these itself').toEqual([]);
  expect(addableKinds(null)).toEqual([]);
});

test('deliverables of the gate and what is open elsewhere are shown, the rest is counted', () => {
  const [own, all] = [needs[7]!, atlasWork.deliverables!];
  expect(deliverablesAt(own, all).shown.map((one) => one.path)).toEqual(['deploy/staging/', '.github/workflows/', 'infrastructure/']);
  expect(deliverablesAt(own, all).rest).toHaveLength(11);
  const open = all.map((one) => (one.path === 'docs/PRD.md' ? { ...one, status: 'blocked' as const } : one));
  expect(deliverablesAt(own, open).shown.map((one) => one.path).at(-1)).toBe('docs/PRD.md');
  expect(deliverablesAt(own, all.map((one) => ({ ...one, status: 'not_started' as const }))).shown, 'its own three and five others').toHaveLength(8);
});

test('only what came after the request has changed since', () => {
  expect(changedSince('G8', at('02:58:20'), provenWork).map((one) => `${one.what} ${one.now}`)).toEqual(['smoke_test pass']);
  expect(changedSince('G8', at('02:57:00'), provenWork).map((one) => one.what), 'newest first').toEqual(['smoke_test', 'deployment_log', 'RUNBOOK.md']);
});

test('words are joined as one says them', () => {
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
