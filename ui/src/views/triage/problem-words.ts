/** A problem as a reader says it: what, why, since when, whom it hurts, and where its evidence is. Pure: data in, words out. */
import type { BreakerCause, ConnectionState, Problem, ProblemCause } from '../../rpc/schema';
import { breakerWord, connectionAppearance, type Tone } from '../../state/appearance';
import { breakerKey } from '../../state/breaker-state';
import { title, within } from '../../state/breaker-words';
import { plural } from '../../state/run-words';
import { blastHref, href, runHref } from '../../state/route.svelte';
import { formatDuration, toMillis } from '../../state/time-format';

/** What words need besides the problem: the moment, how moments are written, and who is heard. */
export interface Told {
  now: number;
  /** Whether nobody is heard, so that everything is told in the past. */
  past: boolean;
  zone: string;
  moment: (at: string) => string;
  /** Whether nobody answers for a connection; `null` is this console. */
  unheard: (connection: string | null) => boolean;
  /** When that was last heard, as a moment, or `at an unknown time`. */
  seen: (connection: string | null) => string;
}

export interface ProblemWords {
  tone: Tone;
  /** The status as a word. */
  word: string;
  title: string;
  detail: string;
  /** Below the moment since which it is: its age, or what is left. */
  age: string;
  affected: [string, string];
  action: { label: string; to: string };
}

/** What follows the name of what a breaker protects. */
export const CAUSE_CLAUSES: Record<BreakerCause, string> = {
  unreachable: 'cannot be reached',
  timeout: 'answers too late',
  server_error: 'answers with server errors',
  overloaded: 'says that it is overloaded',
  malformed: 'answers what cannot be understood',
  operator: 'was cut off by hand',
  slow: 'is too slow',
  other: 'fails',
};

type Of<Kind extends ProblemCause['kind']> = Extract<ProblemCause, { kind: Kind }>;
type Words = Omit<ProblemWords, 'age'> & { age?: string };

function ofBreaker(problem: Problem, { breaker, failed_probes: probes, counts }: Of<'breaker'>, told: Told): Words {
  const seen = !told.unheard(problem.connection) && breaker.state !== 'unknown';
  const why = breaker.cause === null ? 'fails' : CAUSE_CLAUSES[breaker.cause];
  const name = title(breaker);
  const probe = breaker.next_probe_at;
  const probed = probes === 0 ? [] : [`${plural(probes, 'probe')} failed`];
  const next = probe === null ? [] : [toMillis(probe) > told.now ? `next probe ${told.moment(probe)}` : 'the next call probes'];
  const affected: [string, string] = counts === null ? ['calls', 'of this console'] : [`${problem.failed.toLocaleString('en-US')} failed`, `${problem.held.toLocaleString('en-US')} held`];
  const action = breaker.source === 'console' || problem.connection === null || counts === null
    ? { label: 'Open', to: href('breakers', { breaker: breakerKey(breaker) }) }
    : { label: plural(counts.runs, 'run'), to: blastHref(problem.connection, breaker.id) };
  const base = { affected, action };
  if (!seen) {
    const then = breaker.state === 'unknown' ? 'is not observed' : `was ${breakerWord(breaker.state).toLowerCase()} when last seen`;
    const due = probe === null ? '' : `. Its probe was due ${told.moment(probe)} and nobody saw the result`;
    return { ...base, tone: 'unknown', word: 'Unknown', title: `The breaker for ${within(breaker)} ${then}`, detail: `Last seen ${told.seen(problem.connection)}${due}` };
  }
  switch (breaker.state) {
    case 'open':
      return { ...base, tone: 'failed', word: 'Open', title: `${name} ${why}`, detail: ['Breaker open', ...probed, ...next].join(' · ') };
    case 'half_open':
      return { ...base, tone: 'waiting', word: 'Half-open', title: `${name} is being probed`, detail: [`${breaker.success_threshold} successes in a row close its breaker`, ...probed].join(' · ') };
    case 'isolated':
      return { ...base, tone: 'blocked', word: 'Isolated', title: `${name} is isolated on purpose`, detail: breaker.isolation === null ? 'Every call is refused' : `By ${breaker.isolation.actor}: ${breaker.isolation.reason}${breaker.isolation.ends_at === null ? '' : ` · ends ${told.moment(breaker.isolation.ends_at)}`}` };
    default:
      return { ...base, tone: 'ok', word: 'Closed', title: `${name} answers again`, detail: `The breaker for ${within(breaker)} is closed; what failed behind it is not tried again by itself` };
  }
}

const SILENCE: Record<ConnectionState, string> = {
  connecting: 'is being contacted',
  live: 'answers',
  polled: 'answers',
  late: 'answers late',
  offline: 'does not answer',
  signed_out: 'does not know who you are: you are signed out',
  incompatible: 'speaks another version',
};

function ofConnection(problem: Problem, cause: Of<'connection'>, told: Told): Words {
  const name = problem.connection_name ?? 'A plane';
  const tone = cause.state === 'signed_out' ? 'blocked' : 'unknown';
  const heard = cause.last_seen_at === null ? 'It was never heard' : `What it shows is ${formatDuration(told.now - toMillis(cause.last_seen_at))} old and shown as last seen`;
  return {
    tone,
    word: connectionAppearance(cause.state).word,
    title: `${name} ${SILENCE[cause.state]}`,
    detail: cause.error === null ? heard : `${heard}: ${cause.error.message}`,
    affected: [plural(cause.open_runs, 'open run'), 'as last seen'],
    action: { label: 'Diagnose', to: href('connections', { connection: problem.connection ?? '' }) },
  };
}

function ofFailures(problem: Problem, { step, message, remedy }: Of<'failures'>): Words {
  const query = ['status:failed', 'created:24h', `connection:${problem.connection_name ?? ''}`, step ?? ''].filter(Boolean).join(' ');
  return { tone: 'failed', word: 'Failed', title: `Runs fail${step === null ? '' : ` at ${step}`}: ${message}`, detail: remedy ?? 'The same cause each time', affected: [`${problem.failed.toLocaleString('en-US')} failed`, problem.connection_name ?? ''], action: { label: plural(problem.failed, 'run'), to: href('runs', { q: query }) } };
}

function ofApproval(problem: Problem, cause: Of<'approval'>, told: Told): Words {
  const ends = cause.expires_at;
  return {
    tone: 'blocked',
    word: 'Approval needed',
    title: `Approval of ${cause.step} waits for a person`,
    detail: `${cause.question}${ends === null ? '' : ` Fails closed at ${told.moment(ends)}`}`,
    ...(ends === null ? {} : { age: toMillis(ends) > told.now ? `${formatDuration(toMillis(ends) - told.now)} left` : 'time is over' }),
    affected: ['1 run', cause.goal],
    action: { label: 'Review', to: runHref(problem.connection ?? '', cause.run, { step: cause.step }) },
  };
}

function ofStore(problem: Problem, { failed, name, message, run }: Of<'store'>): Words {
  return { tone: 'failed', word: failed ? 'Failed' : 'Stuck', title: `Store ${name} ${failed ? 'was not provisioned' : 'is stuck provisioning'}`, detail: message ?? 'Its plane says nothing about it', affected: ['1 store', problem.connection_name ?? ''], action: { label: 'Open', to: href('stores', { store: `${problem.connection ?? ''}/${run}` }) } };
}

function ofChecks(problem: Problem, { failing, unknown, worst }: Of<'checks'>): Words {
  const where = problem.connection_name ?? 'this console';
  return {
    tone: failing > 0 ? 'failed' : 'unknown',
    word: failing > 0 ? 'Fail' : 'Unknown',
    title: failing > 0 ? `${plural(failing, 'check')} of ${where} ${failing === 1 ? 'fails' : 'fail'}: ${worst.title}` : `${plural(unknown, 'check')} of ${where} ${unknown === 1 ? 'has' : 'have'} no evidence: ${worst.title}`,
    detail: worst.finding ?? 'Counts as not passed until it has run',
    affected: [failing > 0 ? `${failing} failing` : `${unknown} unknown`, failing > 0 && unknown > 0 ? `${unknown} unknown` : 'readiness'],
    action: { label: 'Open', to: href('readiness', { check: worst.id }) },
  };
}

function words(problem: Problem, told: Told): Words {
  const { cause } = problem;
  switch (cause.kind) {
    case 'breaker':
      return ofBreaker(problem, cause, told);
    case 'connection':
      return ofConnection(problem, cause, told);
    case 'failures':
      return ofFailures(problem, cause);
    case 'approval':
      return ofApproval(problem, cause, told);
    case 'store':
      return ofStore(problem, cause);
    case 'checks':
      return ofChecks(problem, cause);
  }
}

export function wordsOf(problem: Problem, told: Told): ProblemWords {
  const said = words(problem, told);
  const age = told.unheard(problem.connection) && problem.cause.kind !== 'connection' ? `last seen ${told.seen(problem.connection)}` : (said.age ?? formatDuration(told.now - toMillis(problem.since)));
  return { ...said, age };
}

/** The breaker of a plane whose blast radius can be shown. */
export function blastOf(problem: Problem | undefined): { connection: string; breaker: string } | null {
  if (problem?.cause.kind !== 'breaker' || problem.connection === null || problem.cause.breaker.source === 'console') return null;
  return { connection: problem.connection, breaker: problem.cause.breaker.id };
}
