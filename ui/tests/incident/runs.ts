/** Runs of the incident: 37 failed at codegen behind one open breaker, two for reasons of their own, some under way. */
import type { RunRow, RunStatus, TimeSpent } from '../../src/rpc/schema';
import { at, NOW, seconds } from './clock';

const WORKFLOWS = [
  ...Array<string>(21).fill('storefront-build'),
  ...Array<string>(9).fill('theme-migrate'),
  ...Array<string>(5).fill('seo-rewrite'),
  ...Array<string>(2).fill('pricing-agent'),
];
const STORES = ['fjord-cycles', 'tidal-surf', 'lumen-home', 'nomad-tea', 'kestrel-coffee', 'sable-rugs', 'atelier-noor', 'brass-and-bone'];
const PEOPLE = ['Tomás Rivas', 'Dana Okafor', 'Kenji Watanabe', 'ci'];

/** A fixed sequence that looks random: fixtures are the same every time. */
function* numbers(): Generator<number, never> {
  let state = 0x5eed;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    yield state;
  }
}
const dice = numbers();
const roll = (below: number): number => dice.next().value % below;
const pick = <T>(from: readonly T[]): T => from[roll(from.length)] as T;

const NO_TIME: TimeSpent = { queued_ms: 0, running_ms: 0, retry_wait_ms: 0, breaker_wait_ms: 0, approval_ms: 0 };

export function row(of: Partial<RunRow> & { id: string; goal: string; status: RunStatus }): RunRow {
  return {
    connection: 'flow-eu',
    connection_name: 'flow-eu',
    freshness: { read_at: seconds(NOW, -1), state: 'live' },
    template: null,
    requested_by: pick(PEOPLE),
    created_at: at('03:01:58'),
    started_at: at('03:02:00'),
    ended_at: null,
    changed_at: at('03:10:04'),
    last_seq: 31,
    last_log_seq: 222,
    generation: 1,
    correlation_id: `req-${of.id.slice(-6)}`,
    step_counts: { total: 9, queued: 0, running: 0, waiting: 0, succeeded: 3, failed: 1, not_run: 5 },
    current_step: 'codegen',
    failure: null,
    warnings: 0,
    open_gates: 0,
    most_attempts: 3,
    time_spent: NO_TIME,
    usage: { input_tokens: 0, output_tokens: 0, cost_micro_usd: null },
    ...of,
  };
}

const id = (n: number): string => `run_8c${(0x1a5f0 + n * 7_919).toString(16).padStart(6, '0')}`;

function behindTheBreaker(n: number): RunRow {
  const ended = seconds(at('03:14:18'), -n * 14 - roll(9));
  const took = 190 + roll(300);
  const refused = n < 28;
  return row({
    id: id(n),
    goal: `${WORKFLOWS[(n * 5) % WORKFLOWS.length] ?? ''} for ${pick(STORES)}`,
    status: 'failed',
    created_at: seconds(ended, -took),
    started_at: seconds(ended, -took + 8),
    ended_at: ended,
    changed_at: ended,
    failure: refused
      ? { code: 'breaker_open', message: 'The call was not sent: breaker ai:anthropic is open.', remedy: 'Retry the step after the breaker has closed.', retryable: true }
      : { code: 'http_status', message: 'The provider answered 529 (overloaded).', remedy: 'Try again later.', retryable: true },
    most_attempts: 1 + roll(3),
    time_spent: { queued_ms: 8_000 + roll(90_000), running_ms: 60_000 + roll(160_000), retry_wait_ms: 30_000 + roll(60_000), breaker_wait_ms: refused ? 30_000 + roll(90_000) : 0, approval_ms: 0 },
  });
}

export const LUMEN = 'run_8c41d07e';

export const lumen: RunRow = row({
  id: LUMEN,
  goal: 'storefront-build for lumen-home',
  status: 'failed',
  template: 'storefront-build',
  requested_by: 'Tomás Rivas',
  created_at: at('03:01:58'),
  ended_at: at('03:10:04'),
  changed_at: at('03:10:04'),
  failure: { code: 'breaker_open', message: 'The call was not sent: breaker ai:anthropic is open.', remedy: 'Retry the step after the breaker has closed.', retryable: true },
  open_gates: 1,
  most_attempts: 4,
  time_spent: { queued_ms: 96_000, running_ms: 180_000, retry_wait_ms: 90_000, breaker_wait_ms: 120_000, approval_ms: 732_000 },
  usage: { input_tokens: 36_408, output_tokens: 0, cost_micro_usd: 109_224 },
});

const ownReasons: RunRow[] = [
  row({ id: 'run_8b9d03ce', goal: 'checkout-refactor for kestrel-coffee', status: 'failed', current_step: 'git_pr', created_at: at('02:55:29'), ended_at: at('02:58:31'), changed_at: at('02:58:31'), failure: { code: 'http_status', message: 'GitHub answered 403.', remedy: 'Give the token write access.', retryable: false }, most_attempts: 2, time_spent: { ...NO_TIME, queued_ms: 12_000, running_ms: 140_000, retry_wait_ms: 30_000 } }),
  row({ id: 'run_8b9611fa', goal: 'catalog-sync for tidal-surf', status: 'failed', current_step: 'gate:lint', created_at: at('02:48:00'), ended_at: at('02:49:12'), changed_at: at('02:49:12'), failure: { code: 'exit_code', message: '4 lint errors.', remedy: null, retryable: false }, most_attempts: 1, time_spent: { ...NO_TIME, queued_ms: 8_000, running_ms: 64_000 } }),
];

const underWay: RunRow[] = Array.from({ length: 22 }, (_, n) =>
  row({ id: id(500 + n), goal: `${pick(WORKFLOWS)} for ${pick(STORES)}`, status: 'running', created_at: seconds(NOW, -30 - n * 21), ended_at: null, changed_at: seconds(NOW, -n * 3), current_step: pick(['plan', 'fetch-catalog', 'typecheck', 'render-pages']), step_counts: { total: 9, queued: 5, running: 1, waiting: 0, succeeded: 3, failed: 0, not_run: 0 }, most_attempts: 1, time_spent: { ...NO_TIME, queued_ms: 4_000 + roll(9_000), running_ms: 20_000 + n * 18_000 } }),
);

const waiting = row({ id: 'run_8cbeef01', goal: 'brand-assets for harrow-tools', status: 'waiting', current_step: 'publish', open_gates: 1, created_at: at('03:00:10'), changed_at: at('03:02:10'), most_attempts: 0, step_counts: { total: 4, queued: 1, running: 0, waiting: 1, succeeded: 2, failed: 0, not_run: 0 }, time_spent: { ...NO_TIME, running_ms: 90_000, approval_ms: 732_000 } });

const done: RunRow[] = Array.from({ length: 140 }, (_, n) => {
  const ended = seconds(at('02:46:00'), -n * 53 - roll(20));
  const took = 60 + roll(240);
  return row({ id: id(900 + n), goal: `${pick(WORKFLOWS)} for ${pick(STORES)}`, status: n % 17 === 5 ? 'cancelled' : 'succeeded', created_at: seconds(ended, -took), ended_at: ended, changed_at: ended, current_step: null, most_attempts: 1, warnings: n % 23 === 3 ? 1 : 0, step_counts: { total: 9, queued: 0, running: 0, waiting: 0, succeeded: 9, failed: 0, not_run: 0 }, time_spent: { ...NO_TIME, queued_ms: 5_000, running_ms: took * 900 } });
});

/** All of them, newest first. */
export const runs: readonly RunRow[] = [...Array.from({ length: 36 }, (_, n) => behindTheBreaker(n)), lumen, ...ownReasons, ...underWay, waiting, ...done].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
