/** All that a drill tells, line by line in time order: requests at the providers, the script, breakers and acts. Pure. */
import type { BreakerState, Drill } from '../../rpc/schema';
import { breakerWord, type Tone } from '../../state/appearance';
import { FAULT_CODES, actWords, phaseWords, providerName, sinceStart } from './words';

export interface LogEntry {
  /** On the drill clock, in milliseconds. */
  at: number;
  /** Who says it. */
  from: string;
  text: string;
  tone: Tone;
}

const TONES: Partial<Record<BreakerState, Tone>> = { open: 'failed', half_open: 'waiting', isolated: 'blocked', closed: 'ok' };

export function drillLog(drill: Drill): LogEntry[] {
  const requests = drill.proof.requests.map(({ at_ms, provider, fault }): LogEntry => ({ at: at_ms, from: providerName(provider), text: fault === null ? 'answered well' : FAULT_CODES[fault], tone: fault === null ? 'none' : fault === 'rate_limited' ? 'waiting' : 'failed' }));
  const script = drill.played.map((phase): LogEntry => ({ at: phase.after_ms, from: 'script', text: `${providerName(phase.provider)} ${phaseWords(phase)}`, tone: phase.fault === null ? 'ok' : 'waiting' }));
  const breakers = drill.breakers.map((event): LogEntry => ({ at: sinceStart(drill, event.at), from: 'breaker', text: `${event.breaker}: ${breakerWord(event.from).toLowerCase()} to ${breakerWord(event.to).toLowerCase()}`, tone: TONES[event.to] ?? 'unknown' }));
  const acts = drill.acts.map((act): LogEntry => ({ at: sinceStart(drill, act.at), from: act.actor, text: `${actWords(act.action, act.target)}${act.reason === null ? '' : `: ${act.reason}`}`, tone: 'none' }));
  return [...script, ...requests, ...breakers, ...acts].sort((a, b) => a.at - b.at);
}
