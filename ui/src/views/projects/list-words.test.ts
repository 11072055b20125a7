import { expect, test } from 'vitest';
import type { ProjectView } from '../../rpc/schema';
import { NOW, at } from '../../../tests/incident/clock';
import { atlas, atlasWork, harbor, kelp, project, projects, provenWork, quay } from '../../../tests/incident/projects';
import { dayMinute, percentReason, remark, shortMoment, usd, verdict } from './list-words';

const now = Date.parse(NOW);
const key = (one: ProjectView): string => one.run;
const clock = (moment: string): string => moment.slice(11, 19);
const say = (all: readonly ProjectView[], work: typeof atlasWork | null, past = false) => verdict(all, { key: atlas.run, work }, past, key, clock);

test('percentages above 100 are taken apart into the rows that were counted', () => {
  expect(percentReason(atlas)).toEqual({ says: 'This plane says 180 %.', because: 'It counts 18 approved rows at 10 each: 7 gates, 7 closing markers and 4 duplicates. Breakwater shows 7 of 9 gates.' });
  expect(percentReason(harbor)?.because, 'what is not there is not named').toBe('It counts 10 approved rows at 10 each: 5 gates and 5 closing markers. Breakwater shows 5 of 9 gates.');
  expect(percentReason(project('set', { percent: 75, counted: { approved: 1, markers: 0, duplicates: 0 } }, {}))?.because).toMatch(/^Its 1 approved row \(1 gate\) would make 10 %, so something else has set it\./);
  expect([percentReason(project('a', { percent: null }, {})), percentReason(project('b', { counted: null }, {}))], 'nothing is explained that was not read').toEqual([null, null]);
  expect(percentReason(project('new', {}, {})), 'nothing is nothing').toBeNull();
});

test('the first line counts what waits, and names what it lacks once that was read', () => {
  expect(say(projects, null).title).toBe('1 gate waits for you');
  expect(say(projects, atlasWork).title).toBe('1 gate waits for you and lacks one proof');
  expect(say(projects, provenWork).detail).toBe('G8 of atlas-loyalty has both proofs since 03:21:44. It was asked at 02:58:20 and closes at 04:58:20. harbor-returns is blocked at G6.');
  expect(say([harbor, kelp], null).title).toBe('1 project does not go on');
  expect(say([kelp, quay], null).title).toBe('Agents work on 1 project');
  expect(say([quay], null).title).toBe('No gate waits for you');
});

test('while the plane is silent everything is told in the past', () => {
  expect(say(projects, atlasWork, true)).toEqual({ title: 'When last seen, 1 gate was short of one proof', detail: 'G8 of atlas-loyalty was in review without a passing smoke_test. harbor-returns was blocked at G6.' });
  expect(say(projects, null, true).title).toBe('When last seen, 1 gate waited for you');
  for (const all of [[harbor], [kelp], [quay]]) expect(say(all, null, true).title).toMatch(/^When last seen, /);
});

test('below a standing stands for how long, who, or why', () => {
  expect([atlas, harbor, kelp, quay].map((one) => remark(one, now))).toEqual(['for 16m 02s', 'fix loop ended at 5', 'UX/UI designer, for 10m 21s', 'plane says: Working on G9_COMPLETE...']);
});

test('narrow columns have the clock of today and the day of before; decisions have both', () => {
  expect([shortMoment(at('03:11:40'), 'utc', now), shortMoment('2026-08-21T18:02:00.000Z', 'utc', now)]).toEqual(['03:11:40', '21 Aug']);
  expect(dayMinute('2026-08-19T09:12:44.000Z', 'utc', now)).toBe('19 Aug 09:12');
  expect([usd(41.2), usd(1234.567), usd(0)]).toEqual(['$41.20', '$1,234.57', '$0.00']);
});
