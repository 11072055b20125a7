import { expect, test } from 'vitest';
import { at, NOW } from '../../tests/incident/clock';
import { ANTHROPIC, coverage, triage } from '../../tests/incident/triage';
import { axisTicks, bars, gapsOf, joined, laneAxis, watched } from './lane-axis';

const ms = (clock: string) => Date.parse(at(clock));
const now = Date.parse(NOW);
const axis = laneAxis(30, now);
const past = { from: axis.from, to: now };

test('what no span covers is a gap, also at both ends', () => {
  const spans = [{ from: 10, to: 20 }, { from: 15, to: 30 }, { from: 40, to: 50 }];
  expect(joined(spans, { from: 12, to: 45 }), 'cut to what is asked for, joined where they meet').toEqual([{ from: 12, to: 30 }, { from: 40, to: 45 }]);
  expect(gapsOf(spans, { from: 0, to: 60 })).toEqual([{ from: 0, to: 10 }, { from: 30, to: 40 }, { from: 50, to: 60 }]);
  expect(gapsOf([], { from: 0, to: 60 }), 'never watched').toEqual([{ from: 0, to: 60 }]);
});

test('who is heard has been watched up to now, who is not only up to the last span', () => {
  const gap = { from: ms('02:52:10'), to: ms('02:54:40') };
  expect(gapsOf(watched(coverage, 'flow-eu', true, now), past), 'the sleep of the console').toEqual([gap]);
  expect(gapsOf(watched(coverage, 'projects-eu', false, now), past), 'and the silence').toEqual([gap, { from: ms('03:12:08'), to: now }]);
  expect(gapsOf(watched(coverage, 'flow-eu', true, now + 600_000), { from: axis.from, to: now + 600_000 }), 'nothing is taken back while it is heard').toEqual([gap]);
});

test('nobody watched only where every connection has its gap', () => {
  const all = ['flow-eu', 'projects-eu'].flatMap((id) => watched(coverage, id, id === 'flow-eu', now));
  expect(gapsOf(all, past)).toEqual([{ from: ms('02:52:10'), to: ms('02:54:40') }]);
});

test('failed runs are counted per minute, with those of the named cause apart', () => {
  const found = bars(triage.failures, ANTHROPIC, 60_000, axis);
  expect(found.find((bar) => bar.from === ms('03:07:00')), 'the worst minute').toMatchObject({ named: 8, others: 0 });
  expect(found.find((bar) => bar.from === ms('02:49:00')), 'of another cause').toMatchObject({ named: 0, others: 1 });
  expect(found.reduce((sum, bar) => sum + bar.named + bar.others, 0), 'none is lost').toBe(39);
  expect(bars(triage.failures, ANTHROPIC, 600_000, laneAxis(360, now)).find((bar) => bar.from === ms('03:00:00')), 'ten minutes on the long axis').toMatchObject({ named: 24, others: 0 });
});

test('the axis obeys the zone, and counts back where the reader wants distances', () => {
  expect(axisTicks(axis, now, 8, 'utc').map((mark) => mark.label)).toEqual(['02:45', '02:50', '02:55', '03:00', '03:05', '03:10']);
  expect(axisTicks(axis, now, 8, 'relative').map((mark) => mark.label)).toEqual(['30m ago', '25m ago', '20m ago', '15m ago', '10m ago', '5m ago']);
});
