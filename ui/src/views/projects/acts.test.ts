import { expect, test } from 'vitest';
import { atlasWork } from '../../../tests/incident/projects';
import { actOf, actWords, missing, NO_BLANKS, sentWords, type Blanks, type Wish } from './acts';
import { descriptionFault, nameFault, planOf } from './project-plan';

const blanks = (of: Partial<Blanks> = {}): Blanks => ({ ...NO_BLANKS, ...of });
const proof: Wish = { act: 'add_proof', gate: 'G8', kinds: ['smoke_test'] };
const blocker: Wish = { act: 'resolve_blocker', blocker: atlasWork.blockers![0]! };

test.each<[string, Wish, Partial<Blanks>, string, RegExp | null]>([
  ['no reason', { act: 'go_on', gate: 'G8' }, {}, ' ', /^it needs a reason$/],
  ['a reason', { act: 'go_on', gate: 'G8' }, {}, 'go', null],
  ['a long reason', { act: 'work_again', gate: 'G8' }, {}, 'x'.repeat(501), /1 to 500/],
  ['short requirements', { act: 'start' }, { requirements: 'x'.repeat(9) }, 'go', /10 to 2000/],
  ['requirements of ten signs', { act: 'start' }, { requirements: '😀'.repeat(10) }, 'go', null],
  ['long requirements', { act: 'start' }, { requirements: 'x'.repeat(2001) }, 'go', /10 to 2000/],
  ['no kind', proof, { path: '/a', summary: 's' }, 'go', /kind/],
  ['no path', proof, { kind: 'smoke_test', summary: 's' }, 'go', /path/],
  ['no summary', proof, { kind: 'smoke_test', path: '/a' }, 'go', /summary/],
  ['a whole proof', proof, { kind: 'smoke_test', path: '/a', summary: 's' }, 'go', null],
  ['no resolution', blocker, {}, 'go', /resolution/],
])('with %s it is said what is missing', (_, wish, of, reason, expected) => {
  const said = missing(wish, blanks(of), reason);
  if (expected === null) expect(said).toBeNull();
  else expect(said).toMatch(expected);
});

test('what is sent is what was filled in, without the space around it, and is named before it is sent', () => {
  const act = actOf(proof, blanks({ kind: 'smoke_test', path: ' /srv/log ', summary: ' all green ' }));
  expect(act).toEqual({ act: 'add_proof', gate: 'G8', kind: 'smoke_test', path: '/srv/log', summary: 'all green' });
  expect(sentWords(act)).toBe('add_proof, gate G8, kind smoke_test, path and summary as written below');
  expect(actOf(blocker, blanks({ resolution: 'renewed' }))).toEqual({ act: 'resolve_blocker', blocker: 'b1', resolution: 'renewed' });
  expect(actOf({ act: 'go_on', gate: 'G8' }, blanks())).toEqual({ act: 'go_on', gate: 'G8' });
  expect(actWords({ act: 'go_on', gate: 'G8' }, 'atlas-loyalty').follows).toContain('does not look whether G8 was approved');
});

test('a plan is judged as its plane judges it, and says how much is too little or too much', () => {
  expect(descriptionFault('x'.repeat(10))).toBeNull();
  expect(descriptionFault(' too short ')).toBe('A description has 10 to 2,000 characters; 1 more.');
  expect(descriptionFault('x'.repeat(2_003))).toBe('A description has 10 to 2,000 characters; 3 too many.');
  expect([nameFault(''), nameFault('abc')], 'a name may be left out').toEqual([null, null]);
  expect([nameFault('ab'), nameFault('x'.repeat(101))].every((fault) => fault?.includes('3 to 100'))).toBe(true);
  expect(planOf({ description: ' a shop for tea ', name: '', kind: '', repository: ' ' }), 'what is empty is left out').toEqual({ description: 'a shop for tea' });
  expect(planOf({ description: 'a shop for tea', name: 'tea', kind: 'hybrid', repository: 'git@x' })).toEqual({ description: 'a shop for tea', name: 'tea', type: 'hybrid', repository: 'git@x' });
});
