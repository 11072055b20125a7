/** What the palette offers for what was typed. Pure: data in, groups of entries out. */
import type { BreakerView, Check, ConnectionView, RunRow, SearchHit } from '../../rpc/schema';
import { breakerWord, checkAppearance, connectionAppearance, runAppearance, type Tone } from '../../state/appearance';
import { shownState } from '../../state/breaker-state';
import { href, runHref } from '../../state/route.svelte';
import { SAVED_VIEWS } from '../../state/run-filter';
import type { IconName } from '../icons/paths';

export interface Entry {
  id: string;
  title: string;
  note: string;
  /** Where it leads. */
  to?: string;
  /** What it does, for what is no place. */
  act?: 'new-run' | 'keys';
  keys?: string;
  icon?: IconName;
  tone?: Tone;
  /** Why it cannot be chosen now. */
  refusal?: string | null;
  /** Shown beside the list. */
  facts: readonly (readonly [string, string])[];
}

export interface EntryGroup {
  name: string;
  /** At the right of the name: how much more there is. */
  note?: string;
  entries: Entry[];
}

/** What was typed, and how it was meant: `>` asks for commands only, `#` for a run by its id. */
export interface Wanted {
  text: string;
  mode: 'anything' | 'commands' | 'run';
  /** What may be the id of a run, or its beginning. */
  run?: string;
}

export function parseWanted(typed: string): Wanted {
  const text = typed.trim();
  if (text.startsWith('>')) return { text: text.slice(1).trim(), mode: 'commands' };
  if (text.startsWith('#')) return { text: text.slice(1).trim(), mode: 'run', run: text.slice(1).trim() };
  if (/^run_[0-9a-f-]+$/i.test(text)) return { text, mode: 'run', run: text };
  // Digits and letters of an id are words too: a commit, a checksum.
  return /^[0-9a-f-]{8,}$/i.test(text) ? { text, mode: 'anything', run: text } : { text, mode: 'anything' };
}

const failing = SAVED_VIEWS.find((view) => view.id === 'failing');

const COMMANDS: readonly (Omit<Entry, 'id' | 'facts'> & { words: string })[] = [
  { title: 'Start a run', note: 'from a template or a plan', act: 'new-run', icon: 'plus', keys: 'n', words: 'start new create run plan template' },
  { title: 'Triage', note: 'what is broken, why, and whom it hurts', to: href('triage'), icon: 'radar', keys: 'g t', words: 'triage home problems causes lanes go' },
  { title: 'Runs', note: 'every run of every plane', to: href('runs'), icon: 'list-tree', keys: 'g r', words: 'runs go' },
  { title: 'Failing runs', note: 'failed within a day', to: href('runs', { q: failing?.query ?? '' }), icon: 'list-filter', words: 'failing failed runs' },
  { title: 'Breakers', note: 'what is refused, and why', to: href('breakers'), icon: 'breaker', keys: 'g b', words: 'breakers go circuit' },
  { title: 'Readiness', note: 'the score and its evidence', to: href('readiness'), icon: 'clipboard-check', keys: 'g c', words: 'readiness checks score go' },
  { title: 'Projects', note: 'gates of agents, and the verdicts that they wait for', to: href('projects'), icon: 'milestone', keys: 'g p', words: 'projects go gates approvals agents' },
  { title: 'Stores', note: 'what store platforms made, and make', to: href('stores'), icon: 'store', keys: 'g s', words: 'stores go shops provisioning' },
  { title: 'Teams', note: 'who may do what, invitations, keys, plan', to: href('teams'), icon: 'users-round', keys: 'g m', words: 'teams members roles people invite keys billing plan go' },
  { title: 'Connections', note: 'control planes and what they can do', to: href('connections'), icon: 'plug-zap', keys: 'g o', words: 'connections planes environments go add' },
  { title: 'Settings', note: 'appearance, keys, this console', to: href('settings'), icon: 'settings-2', words: 'settings theme appearance contrast keys zone' },
  { title: 'Start a drill', note: 'rehearse an outage, on this machine alone', to: href('drill'), icon: 'zap', words: 'drill rehearse outage practice start' },
  { title: 'First steps', note: 'start something real, or connect a plane', to: href('first-run'), icon: 'zap', words: 'first steps welcome template repository' },
  { title: 'Keys of this page', note: 'the key sheet', act: 'keys', icon: 'keyboard', keys: '?', words: 'keys shortcuts help' },
];

const has = (text: string, ...places: (string | null | undefined)[]): boolean => places.some((place) => place?.toLowerCase().includes(text.toLowerCase()));

export function commandEntries(text: string, startRefusal: string | null): Entry[] {
  return COMMANDS.filter((command) => text === '' || has(text, command.title, command.words)).map(({ words: _, ...command }) => ({
    ...command,
    id: `command:${command.title}`,
    facts: [],
    refusal: command.act === 'new-run' ? startRefusal : null,
  }));
}

export function runEntry(run: RunRow): Entry {
  const look = runAppearance(run);
  return {
    id: `run:${run.connection}/${run.id}`,
    title: run.goal,
    note: `${run.id}, ${look.word.toLowerCase()}${run.current_step ? ` at ${run.current_step}` : ''}`,
    to: runHref(run.connection, run.id),
    tone: look.tone,
    facts: [
      ['Status', look.word],
      ['Run', run.id],
      ['Plane', run.connection_name],
      ['Steps', `${run.step_counts.succeeded} of ${run.step_counts.total} done`],
      ...(run.failure ? [['Why', run.failure.message] as const] : []),
    ],
  };
}

/** The place inside its run that a hit was found at. */
function placeOf(hit: SearchHit): Record<string, string> {
  if (hit.found_in === 'event') return { tab: 'events' };
  const step: Record<string, string> = hit.step === null ? {} : { step: hit.step };
  return hit.found_in === 'log' && hit.seq !== null ? { ...step, line: String(hit.seq) } : step;
}

export function hitEntry(hit: SearchHit): Entry {
  const place = { goal: 'goal', step: 'step', failure: 'failure', event: 'timeline', log: 'log' }[hit.found_in] ?? hit.found_in;
  return {
    id: `hit:${hit.connection}/${hit.run}/${hit.found_in}/${hit.seq ?? `${hit.step ?? ''}/${hit.snippet}`}`,
    title: hit.snippet,
    note: `${place} of ${hit.step === null ? '' : `${hit.step} in `}${hit.goal}`,
    to: runHref(hit.connection, hit.run, placeOf(hit)),
    icon: hit.found_in === 'log' ? 'scroll-text' : 'search',
    facts: [['Found in', place], ...(hit.step === null ? [] : [['Step', hit.step] as const]), ['Run', hit.run], ['Goal', hit.goal]],
  };
}

export function breakerEntries(text: string, breakers: readonly BreakerView[]): Entry[] {
  return breakers.filter((one) => has(text, one.id, one.protects)).map((one) => {
    const state = shownState(one);
    return {
      id: `breaker:${one.source}/${one.connection ?? ''}/${one.id}`,
      title: one.protects,
      note: breakerWord(state),
      to: href('breakers', { breaker: `${one.source}/${one.connection ?? ''}/${one.id}` }),
      icon: 'breaker',
      facts: [['State', breakerWord(state)], ['Calls', one.calls.toLocaleString('en-US')], ['Refused', one.rejections.toLocaleString('en-US')], ['Plane', one.connection_name ?? 'this console']],
    };
  });
}

export function checkEntries(text: string, checks: readonly Check[]): Entry[] {
  return checks.filter((one) => has(text, one.id, one.title)).map((one) => ({
    id: `check:${one.id}`,
    title: one.title,
    note: one.id,
    to: href('readiness', { check: one.id }),
    tone: checkAppearance(one.status).tone,
    facts: [['Result', checkAppearance(one.status).word], ['Points', String(one.weight)], ['Owner', one.owner]],
  }));
}

export function connectionEntries(text: string, connections: readonly ConnectionView[]): Entry[] {
  return connections.filter((one) => has(text, one.name, one.base_url)).map((one) => ({
    id: `connection:${one.id}`,
    title: one.name,
    note: connectionAppearance(one.status.state).word,
    to: href('connections', { connection: one.id }),
    tone: connectionAppearance(one.status.state).tone,
    facts: [['State', connectionAppearance(one.status.state).word], ['Address', one.base_url], ['Cached runs', one.cached_runs.toLocaleString('en-US')]],
  }));
}
