import { expect, test } from 'vitest';
import { at, NOW } from '../../tests/incident/clock';
import { position, ticks } from './timeline';

test('ticks are round, few and inside the axis', () => {
  const axis = { from: Date.parse(at('03:01:58')), to: Date.parse(NOW) };
  const marks = ticks(axis, 8, 'utc');
  expect(marks.map((mark) => mark.label), 'every two minutes').toEqual(['03:02', '03:04', '03:06', '03:08', '03:10', '03:12', '03:14']);
  expect(marks.every((mark) => position(axis, mark.at) >= 0 && position(axis, mark.at) <= 100), 'none is outside').toBe(true);
});
