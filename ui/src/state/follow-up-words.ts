/** What came of an act on a breaker, by fixed rules from where it stands and what happened to it since. Pure: data in, words out. */
import type { BreakerAct, BreakerEvent, BreakerHappening, BreakerView } from '../rpc/schema';
import type { Tone } from './appearance';
import { shownState } from './breaker-state';
import { within } from './breaker-words';
import { plural } from './run-words';

export interface Outcome {
  tone: Tone;
  title: string;
  detail: string;
}

const MARKS: Record<BreakerAct['act'], BreakerHappening> = { reset: 'reset', probe: 'half_opened', isolate: 'isolated', release: 'released' };
const DID: Record<BreakerAct['act'], string> = { reset: 'Reset', probe: 'Probe', isolate: 'Isolation', release: 'Lifting' };

/** What happened after the newest act of this kind by a person; `events` are newest first. */
function since(act: BreakerAct['act'], events: readonly BreakerEvent[]): readonly BreakerEvent[] {
  const at = events.findIndex((event) => event.what === MARKS[act] && event.actor !== null);
  return at < 0 ? [] : events.slice(0, at);
}

/** Calls that were let through since the act; empty where the count began anew. */
function calls(before: BreakerView, now: BreakerView): string {
  return now.calls < before.calls ? '' : plural(now.calls - before.calls, 'call');
}

function ofReset(before: BreakerView, now: BreakerView, after: readonly BreakerEvent[]): Outcome {
  const made = calls(before, now);
  const opened = after.some((event) => event.to === 'open');
  if (opened || now.state === 'open') return { tone: 'failed', title: made === '' ? 'It opened again' : `It opened again after ${made}`, detail: 'What was held waits again; the attempts are spent.' };
  if (now.state === 'closed') return { tone: 'ok', title: 'It held: closed for 30s', detail: made === '' || now.calls === before.calls ? 'No call has gone through it yet, so nothing is proved.' : `${made} went through, ${Math.max(0, now.failures - before.failures).toLocaleString('en-US')} of them failed.` };
  return other(now);
}

function ofProbe(before: BreakerView, now: BreakerView, after: readonly BreakerEvent[]): Outcome {
  if (after.some((event) => event.from === 'half_open' && event.to === 'open')) return { tone: 'failed', title: 'The probe failed, it stays open', detail: 'Nothing else was let through.' };
  if (now.state === 'closed') return { tone: 'ok', title: 'The probes passed, it is closed', detail: 'What was held goes on by itself; what has failed does not.' };
  if (now.state === 'half_open') return now.calls === before.calls ? { tone: 'waiting', title: 'Nothing was probed yet', detail: 'The next call through it is the probe; none has come.' } : { tone: 'waiting', title: 'The probe is not decided yet', detail: `${now.success_threshold} successes in a row close it.` };
  return other(now);
}

function ofIsolation(now: BreakerView): Outcome {
  if (now.state === 'isolated') return { tone: 'ok', title: 'It held: every call is refused', detail: 'What ran already was not stopped.' };
  return { tone: 'failed', title: 'It is not isolated any more', detail: 'Somebody lifted it, or its time was over.' };
}

function ofRelease(before: BreakerView, now: BreakerView, after: readonly BreakerEvent[]): Outcome {
  if (now.state === 'isolated') return { tone: 'failed', title: 'It is isolated still', detail: now.isolation === null ? 'Nobody is named.' : `By ${now.isolation.actor}: ${now.isolation.reason}` };
  const opened = after.find((event) => event.to === 'open');
  if (now.state === 'open' && !opened) return { tone: 'waiting', title: 'It is open, as its own rules left it', detail: 'It probes by itself when its time is over.' };
  return ofReset(before, now, after);
}

const other = (now: BreakerView): Outcome => ({ tone: 'waiting', title: `It is ${now.state.replace('_', '-')}`, detail: 'Neither held nor opened again.' });

/** `now` and `events` are `null` where they could not be read. */
export function outcomeOf(act: BreakerAct['act'], before: BreakerView, now: BreakerView | null, events: readonly BreakerEvent[] | null): Outcome {
  const name = `${DID[act]} of ${within(before)}`;
  if (now === null || events === null || shownState(now) === 'unknown') return { tone: 'unknown', title: `${name}: unknown`, detail: `${before.connection_name ?? 'The console'} is not heard, so nobody saw what came of it.` };
  const after = since(act, events);
  const { tone, title, detail } = act === 'reset' ? ofReset(before, now, after) : act === 'probe' ? ofProbe(before, now, after) : act === 'isolate' ? ofIsolation(now) : ofRelease(before, now, after);
  return { tone, title: `${name}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`, detail };
}
