/** In which order the palette lists what it found: the thing that was named, then runs, then where else the words occur. Pure. */
import type { BreakerView, Check, ConnectionView, RunRow, SearchHit } from '../../rpc/schema';
import { href } from '../../state/route.svelte';
import { plural } from '../../state/run-words';
import { breakerEntries, checkEntries, commandEntries, connectionEntries, hitEntry, runEntry, type Entry, type EntryGroup, type Wanted } from './entries';

export interface Found {
  /** The run that was named by its id. */
  named: RunRow | null;
  /** The runs that an unfinished id may mean. */
  begun: readonly RunRow[];
  runs: readonly RunRow[];
  /** Runs in which the text occurs, shown or not. */
  matching: number;
  hits: readonly SearchHit[];
  breakers: readonly BreakerView[];
  checks: readonly Check[];
  connections: readonly ConnectionView[];
  startRefusal: string | null;
}

/** How many of a kind are listed at most. */
const FEW = 4;

/** The same words of the same place of a run once, however often they were recorded. */
function distinct(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry, at) => entries.findIndex((one) => one.title === entry.title && one.note === entry.note) === at);
}

/** The runs whose id begins as written, with or without its prefix. */
const beginning = (runs: readonly RunRow[], text: string): RunRow[] => runs.filter((run) => [text, `run_${text}`].some((start) => run.id.toLowerCase().startsWith(start.toLowerCase())));

export function groupsFor(wanted: Wanted, found: Found): EntryGroup[] {
  const { text, mode } = wanted;
  const named: EntryGroup = { name: 'Run', entries: found.named ? [runEntry(found.named)] : [] };
  if (mode === 'run') {
    const begun = beginning(found.begun, text);
    return [named, { name: 'Runs whose id begins so', note: begun.length > 0 ? `${begun.length} of them` : '', entries: begun.map(runEntry) }].filter((group) => group.entries.length > 0);
  }
  const commands: EntryGroup = { name: 'Go to and do', entries: commandEntries(text, found.startRefusal) };
  if (mode === 'commands') return [commands].filter((group) => group.entries.length > 0);
  const more = found.matching - found.runs.length;
  const all: Entry[] = text !== '' && more > 0 ? [{ id: 'all', title: `All ${plural(found.matching, 'run')} with ${text}`, note: '', to: href('runs', { q: text }), icon: 'list-filter', facts: [] }] : [];
  const runs: EntryGroup = { name: text === '' ? 'Newest runs' : 'Runs', note: text === '' ? '' : `${found.matching.toLocaleString('en-US')} match`, entries: [...found.runs.filter((run) => run.id !== found.named?.id).map(runEntry), ...all] };
  if (text === '') return [commands, runs].filter((group) => group.entries.length > 0);
  const meant = commands.entries.some((entry) => entry.title.toLowerCase().startsWith(text.toLowerCase()));
  const things: EntryGroup[] = [
    named,
    { name: 'Breakers', entries: breakerEntries(text, found.breakers).slice(0, FEW) },
    { name: 'Connections', entries: connectionEntries(text, found.connections).slice(0, FEW) },
  ];
  const rest: EntryGroup[] = [
    { name: 'Found in', entries: distinct(found.hits.filter((hit) => hit.found_in !== 'goal').map(hitEntry)) },
    { name: 'Readiness', entries: checkEntries(text, found.checks).slice(0, FEW) },
  ];
  return [...(meant ? [commands] : []), ...things, runs, ...(meant ? [] : [commands]), ...rest].filter((group) => group.entries.length > 0);
}
