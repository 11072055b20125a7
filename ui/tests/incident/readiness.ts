/** What the checks found at the incident: one fails, one warns, one is unknown, the rest pass. */
import type { Check, CheckStatus, Readiness } from '../../src/rpc/schema';
import { at } from './clock';

/** A check that passes, but for what is said otherwise. */
export const checkOf = (over: Partial<Check>): Check => ({
  id: 'x', title: 'x', proves: '', group: 'Plane', connection: null, status: 'pass', evidence: null, remedy: '', owner: '', weight: 4, points: { possible: 0, earned: 0 }, checked_at: null,
  expires_at: null, since: null, last_pass: null, regressed: false, writes: null, ...over,
});

/** What the console makes of such checks: points shared out by weight, and the score. */
export function readinessOf(of: readonly Check[], checkedAt: string | null = null): Readiness {
  const whole = of.reduce((sum, one) => sum + one.weight, 0);
  const parts = of.map((one) => (one.weight * 1000) / whole);
  const left = 1000 - parts.reduce((sum, part) => sum + Math.floor(part), 0);
  const lucky = [...parts.keys()].sort((a, b) => (parts[b] ?? 0) % 1 - ((parts[a] ?? 0) % 1)).slice(0, left);
  const checks = of.map((one, index): Check => {
    const possible = Math.floor(parts[index] ?? 0) + (lucky.includes(index) ? 1 : 0);
    return { ...one, points: { possible, earned: { pass: possible, warn: Math.floor(possible / 2), fail: 0, unknown: 0 }[one.status] } };
  });
  return { score: Math.floor(checks.reduce((sum, one) => sum + one.points.earned, 0) / 10), checks, checked_at: checkedAt };
}

const check = (id: string, title: string, group: string, connection: string | null, status: CheckStatus, weight: number, finding: string, answer: string): Check => checkOf({
  id, title, group, connection, status, weight, proves: `${title}, as it was seen.`, owner: connection === null ? 'operator' : 'plane operator',
  remedy: 'Wait for the next probe, or reset the breaker if the provider says that it is well again.',
  checked_at: status === 'unknown' ? null : at('03:14:00'),
  evidence: status === 'unknown' ? null : { request: `GET https://flow-eu.harbor.example/${id}`, answer, finding, duration_ms: 11 },
});

const plane = (id: string, title: string, status: CheckStatus, weight: number, finding: string, answer: string) => check(id, title, 'Control plane', 'flow-eu', status, weight, finding, answer);
const own = (id: string, title: string, status: CheckStatus, weight: number, finding: string, answer: string) => check(id, title, 'Console', null, status, weight, finding, answer);

export const incidentReadiness: Readiness = readinessOf(
  [
    plane('plane.live', 'The control plane is alive', 'pass', 3, 'It answers.', '200 alive'),
    plane('plane.ready', 'The control plane can work', 'fail', 3, 'It says that it cannot work: memory.', '503 memory'),
    plane('plane.latency', 'Answers are quick', 'pass', 1, 'Half of them took less than 4 ms.', 'median 4 ms, slowest 38 ms'),
    plane('plane.queue_age', 'No run waits long', 'warn', 2, 'The oldest has waited for 41s.', '41s'),
    plane('plane.dead_letters', 'No dead letters', 'pass', 2, 'There is none.', '0'),
    plane('plane.event_gaps', 'Timelines have no gaps', 'unknown', 2, '', ''),
    plane('plane.clock', 'Clocks agree', 'pass', 1, 'They differ by 0.2s.', '2026-08-22T03:14:00.200Z'),
    own('console.breakers', 'The breakers of this console are closed', 'pass', 2, 'All 3 are closed.', '3 breakers, 0 not closed'),
    own('console.cache', 'The cache works', 'pass', 2, 'It was written and read back.', '47 runs'),
    own('console.disk', 'There is disk space', 'pass', 2, 'There is room for months.', '67418 MiB free'),
  ],
  at('03:14:00'),
);
