/** The run that the incident is read by: nine steps, a person asked, a provider that refuses. */
import type { Attempt, Event, LogLine, RunView, Step } from '../../src/rpc/schema';
import { at } from './clock';
import { lumen, LUMEN } from './runs';

const attempt = (number: number, started: string, ended: string, of: Partial<Attempt> = {}): Attempt => ({
  number,
  status: 'succeeded',
  started_at: at(started),
  ended_at: at(ended),
  failure: null,
  breaker: null,
  breaker_state: null,
  breaker_verdict: null,
  exit_code: null,
  usage: null,
  ...of,
});

const step = (name: string, tool: string, of: Partial<Step> = {}): Step => ({
  id: `stp_${name}`,
  name,
  tool,
  breaker: null,
  status: 'skipped',
  severity: 'critical',
  depends_on: [],
  on_restart: 'rerun',
  retry: { max_attempts: 3, delay_ms: 30_000, max_delay_ms: 60_000 },
  timeout_ms: null,
  inputs: {},
  output: null,
  queued_at: null,
  started_at: null,
  ended_at: null,
  waiting_for: null,
  waiting_until: null,
  failure: null,
  gate: null,
  attempts: [],
  ...of,
});

const did = (name: string, tool: string, queued: string, started: string, ended: string, of: Partial<Step> = {}): Step =>
  step(name, tool, { status: 'succeeded', queued_at: at(queued), started_at: at(started), ended_at: at(ended), attempts: [attempt(1, started, ended, { exit_code: 0 })], output: { lines: 42 }, ...of });

const overloaded = { code: 'http_status', message: '529 overloaded', remedy: 'Try again later.', retryable: true };
const refused = { code: 'breaker_open', message: 'The call was not sent: breaker ai:anthropic is open.', remedy: 'Retry the step after the breaker has closed.', retryable: true };

export const steps: Step[] = [
  did('plan', 'ai', '03:01:58', '03:02:00', '03:02:04'),
  did('project_init', 'shell', '03:02:04', '03:02:04', '03:02:10', { depends_on: ['plan'] }),
  step('brand-assets', 'manual:brand-assets', { status: 'waiting', waiting_for: 'approval', waiting_until: at('03:47:10'), queued_at: at('03:02:10'), started_at: at('03:02:10'), depends_on: ['project_init'], gate: { subject: 'person', state: 'open', question: 'Publish 14 images to lumen-home?', asked_at: at('03:02:10'), expires_at: at('03:47:10'), decided_by: null, decided_at: null, reason: null } }),
  did('fetch-catalog', 'shell', '03:02:10', '03:02:10', '03:03:02', { depends_on: ['project_init'], inputs: { argv: ['catalog', 'fetch', '--store', 'lumen-home'] } }),
  step('codegen', 'ai', {
    status: 'failed',
    depends_on: ['fetch-catalog'],
    inputs: { provider: 'anthropic', model: 'claude-sonnet-4-5', prompt: 'Generate the storefront of lumen-home.', max_tokens: 8192 },
    queued_at: at('03:03:02'),
    started_at: at('03:04:38'),
    ended_at: at('03:10:04'),
    timeout_ms: 120_000,
    retry: { max_attempts: 4, delay_ms: 30_000, max_delay_ms: 120_000 },
    failure: refused,
    attempts: [
      attempt(1, '03:04:38', '03:05:51', { status: 'failed', failure: overloaded, breaker: 'ai:anthropic', breaker_state: 'closed', breaker_verdict: 'failure', usage: { input_tokens: 18_204, output_tokens: 0, cost_micro_usd: 54_612 } }),
      attempt(2, '03:06:21', '03:07:04', { status: 'failed', failure: overloaded, breaker: 'ai:anthropic', breaker_state: 'closed', breaker_verdict: 'failure', usage: { input_tokens: 18_204, output_tokens: 0, cost_micro_usd: 54_612 } }),
      attempt(3, '03:08:04', '03:08:04', { status: 'failed', failure: refused, breaker: 'ai:anthropic', breaker_state: 'open', breaker_verdict: 'refused' }),
      attempt(4, '03:10:04', '03:10:04', { status: 'failed', failure: refused, breaker: 'ai:anthropic', breaker_state: 'open', breaker_verdict: 'refused' }),
    ],
  }),
  step('gate:typecheck', 'gate:typecheck', { depends_on: ['codegen'] }),
  step('gate:unit', 'gate:unit', { depends_on: ['codegen'] }),
  step('workspace:write', 'shell', { depends_on: ['gate:typecheck', 'gate:unit'] }),
  step('git_pr', 'http', { depends_on: ['workspace:write'] }),
];

export const lumenView: RunView = { ...lumen, metadata: { team: 'storefront', store: 'lumen-home' }, steps };

const TAIL: [string, LogLine['stream'], string][] = [
  ['03:03:02.004', 'system', 'codegen queued, 31 ahead, concurrency 40'],
  ['03:03:31.660', 'system', 'codegen queued, 22 ahead'],
  ['03:04:02.118', 'system', 'codegen queued, 9 ahead'],
  ['03:04:31.207', 'stderr', 'provider anthropic p95 latency 41s, was 18s'],
  ['03:04:38.090', 'stdout', 'slot acquired after 1m 36s'],
  ['03:04:38.101', 'stdout', 'input redacted in cache, hash c9914d, 61 kB'],
  ['03:04:38.114', 'stdout', 'codegen attempt 1 start, model claude-sonnet-4-5, 18,204 input tokens'],
  ['03:05:02.871', 'stderr', 'stream stalled 20.1s, no bytes'],
  ['03:05:51.402', 'stderr', 'HTTP 529 overloaded_error request_id req_011CSd…k7Q retryable=true'],
  ['03:05:51.403', 'stdout', 'retry 1 of 2 in 30s (provider sent no retry-after)'],
  ['03:06:21.410', 'stdout', 'codegen attempt 2 start'],
  ['03:07:04.918', 'stderr', 'HTTP 529 overloaded_error request_id req_011CSd…m2A retryable=true'],
  ['03:07:04.919', 'stdout', 'retry 2 of 2 in 60s'],
  ['03:07:12.006', 'system', 'breaker anthropic closed to open: 5 of 8 calls overloaded in 60s'],
  ['03:08:04.920', 'system', 'attempt 3 not sent: breaker anthropic open, held for 120s'],
  ['03:10:04.921', 'stderr', 'attempt 4 not sent: breaker anthropic open. step failed: overloaded'],
  ['03:10:04.930', 'system', 'run failed reason="step failed" step=codegen'],
];

export const logLines: LogLine[] = Array.from({ length: 222 }, (_, index) => {
  const tail = TAIL[index - (222 - TAIL.length)];
  const fetched = index < 205;
  return {
    seq: index + 1,
    at: at(tail ? tail[0] : `03:02:${String(10 + Math.floor(index / 4)).padStart(2, '0')}.${String((index * 37) % 1000).padStart(3, '0')}`),
    step_id: fetched ? 'stp_fetch-catalog' : 'stp_codegen',
    attempt: 1,
    stream: tail ? tail[1] : 'stdout',
    text: tail ? tail[2] : `fetched page ${index + 1} of 205, ${(index * 31) % 400} products`,
  };
});

const event = (seq: number, clock: string, kind: Event['kind'], stepName: string | null, of: Partial<Event> = {}): Event => ({
  run_id: LUMEN, seq, at: at(clock), kind, step_id: stepName ? `stp_${stepName}` : null, step: stepName, attempt: null, actor: null, correlation_id: lumen.correlation_id, data: {}, source: { type: 'told' }, ...of,
});

export const events: Event[] = [
  event(1, '03:01:58.011', 'run.created', null, { actor: 'Tomás Rivas' }),
  event(2, '03:02:00.000', 'run.started', null),
  event(3, '03:02:00.001', 'step.started', 'plan', { attempt: 1 }),
  event(4, '03:02:04.120', 'step.succeeded', 'plan', { attempt: 1 }),
  event(5, '03:02:10.002', 'gate.opened', 'brand-assets', { data: { until: at('03:47:10') } }),
  event(6, '03:04:38.090', 'step.started', 'codegen', { attempt: 1, data: { breaker: 'ai:anthropic' } }),
  event(7, '03:05:51.402', 'step.retry_scheduled', 'codegen', { attempt: 1, data: { failure: overloaded, until: at('03:06:21') } }),
  event(8, '03:07:04.918', 'step.retry_scheduled', 'codegen', { attempt: 2, data: { failure: overloaded } }),
  event(9, '03:10:04.921', 'step.failed', 'codegen', { attempt: 4, data: { failure: refused, breaker: 'ai:anthropic' } }),
  event(10, '03:10:04.930', 'run.failed', null),
];
