/** The first two sentences of triage, by fixed templates over its rows. Pure: data in, words out. */
import type { Problem, Triage } from '../../rpc/schema';
import { within } from '../../state/breaker-words';
import { sentence } from '../../state/fault-words';
import { plural } from '../../state/run-words';
import { formatDuration, toMillis } from '../../state/time-format';
import { CAUSE_CLAUSES, type Told, wordsOf } from './problem-words';

export interface Verdict {
  title: string;
  detail: string;
}

/** Runs that are held by breakers; a gate holds its run too, but that is no cause of failures. */
const heldBy = (problems: readonly Problem[]): number => problems.reduce((sum, one) => sum + (one.cause.kind === 'breaker' ? one.held : 0), 0);

/** `explains`, or `explained` of what nobody has seen since. */
function count(causes: number, verb: [one: string, many: string, past: string], told: Told): string {
  if (told.past) return `When last seen, ${causes === 1 ? 'one cause' : `${causes} causes`} ${verb[2]}`;
  return causes === 1 ? `One cause ${verb[0]}` : `${causes} causes ${verb[1]}`;
}

function title(triage: Triage, told: Told): string {
  const { problems, failed_runs: all } = triage;
  const explaining = problems.filter((one) => one.failed > 0);
  const explained = explaining.reduce((sum, one) => sum + one.failed, 0);
  if (explained > 0) {
    const runs = explained >= all ? (all > 1 ? `all ${plural(all, 'failed run')}` : 'the only failed run') : `${explained.toLocaleString('en-US')} of ${plural(all, 'failed run')}`;
    return `${count(explaining.length, ['explains', 'explain', 'explained'], told)} ${runs}`;
  }
  const held = heldBy(problems);
  if (held > 0) return `${count(problems.filter((one) => heldBy([one]) > 0).length, ['holds', 'hold', 'held'], told)} ${plural(held, 'run')}`;
  if (all > 0) return `${told.past ? 'When last seen, ' : ''}${plural(all, 'failed run')}${all === 1 ? ' stood alone' : ' shared no cause'}`;
  if (problems.length > 0) return `${told.past ? 'When last seen, no' : 'No'} run had failed; ${plural(problems.length, 'problem')} ${problems.length === 1 ? 'is' : 'are'} open`;
  return told.past ? 'When last seen, nothing was wrong' : 'Nothing is wrong that can be seen from here';
}

function ofBreaker(problem: Problem & { cause: { kind: 'breaker' } }, told: Told): string {
  const { breaker } = problem.cause;
  const name = within(breaker).replace(/^./, (letter) => (breaker.protects.includes(' ') ? letter.toUpperCase() : letter));
  const since = `${told.moment(problem.since)} ${told.zone}`;
  const age = formatDuration(told.now - toMillis(problem.since));
  if (told.unheard(problem.connection) || breaker.state === 'unknown') return `${name} was last seen ${told.seen(problem.connection)}. Its breaker opened at ${since}; how it is now is unknown, not unchanged.`;
  const why = breaker.cause === null ? 'fails' : CAUSE_CLAUSES[breaker.cause];
  switch (breaker.state) {
    case 'open':
      return `${name} ${why}. Its breaker opened at ${since}, ${age} ago; ${breaker.next_probe_at === null ? 'no probe is due by itself' : toMillis(breaker.next_probe_at) <= told.now ? 'the next call probes' : `the next probe is at ${told.moment(breaker.next_probe_at)}`}.`;
    case 'half_open':
      return `${name} is being probed. Its breaker opened at ${since}, ${age} ago; ${breaker.success_threshold} successes in a row close it.`;
    case 'isolated':
      return `${name} is isolated on purpose since ${since}${breaker.isolation ? ` by ${breaker.isolation.actor}: ${sentence(breaker.isolation.reason)}` : '.'}`;
    default:
      return `The breaker for ${within(breaker)} lets calls through again; it had opened at ${since}.`;
  }
}

function detail({ problems, alone, alone_in_all: loners }: Triage, told: Told): string {
  const first = problems[0];
  if (first?.cause.kind === 'breaker') return ofBreaker({ ...first, cause: first.cause }, told);
  if (first) {
    const { title: what, detail: more } = wordsOf(first, told);
    return [what, more].filter(Boolean).map(sentence).join(' ');
  }
  if (alone[0]) return `${loners === 1 ? 'It' : 'The newest'} ended at ${told.moment(alone[0].at)} ${told.zone}${alone[0].step === null ? '' : `, at ${alone[0].step}`}.`;
  return told.past ? 'What happened since is unknown, not unchanged.' : 'Every plane is heard, and no run has failed within 6 hours.';
}

export const verdict = (triage: Triage, told: Told): Verdict => ({ title: title(triage, told), detail: detail(triage, told) });
