/** What the checks found at the incident: one fails, one warns, one is unknown, the rest pass. */
import type { Check, CheckStatus, Readiness } from '../../src/rpc/schema';
import { at } from './clock';

const check = (id: string, title: string, group: string, connection: string | null, status: CheckStatus, weight: number, finding: string, answer: string): Check => ({
  id, title, group, connection, status, weight, proves: `${title}, as it was seen.`, owner: connection === null ? 'operator' : 'plane operator',
  remedy: 'Wait for the next probe, or reset the breaker if the provider says that it is well again.',
  checked_at: status === 'unknown' ? null : at('03:14:00'),
  evidence: status === 'unknown' ? null : { request: `GET https://flow-eu.harbor.example/${id}`, answer, finding, duration_ms: 11 },
});

const plane = (id: string, title: string, status: CheckStatus, weight: number, finding: string, answer: string) => check(id, title, 'Control plane', 'flow-eu', status, weight, finding, answer);
const own = (id: string, title: string, status: CheckStatus, weight: number, finding: string, answer: string) => check(id, title, 'Console', null, status, weight, finding, answer);

export const incidentReadiness: Readiness = {
  score: 74,
  checked_at: at('03:14:00'),
  checks: [
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
};
