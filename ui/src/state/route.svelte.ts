/** Where in the app the reader is: the part of the address after `#`, so that a link, Back and a reload all work. */
import type { BreakerState } from '../rpc/schema';

export type SectionName = 'triage' | 'runs' | 'run' | 'breakers' | 'blast' | 'readiness' | 'stores' | 'projects' | 'teams' | 'connections' | 'first-run' | 'settings' | 'drill';

export interface Route {
  name: SectionName | 'unknown';
  /** Named parts of the path. */
  connection: string;
  run: string;
  team: string;
  breaker: string;
  /** Everything after `?`, for filters, tabs and selections. */
  query: Readonly<Record<string, string>>;
}

const PLAIN: readonly string[] = ['triage', 'runs', 'breakers', 'readiness', 'stores', 'projects', 'teams', 'connections', 'first-run', 'settings', 'drill'];

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const at = { connection: parts[1] ?? '', run: parts[2] ?? '', team: '', breaker: '', query };
  if (parts[0] === 'runs' && parts.length === 3) return { name: 'run', ...at };
  if (parts[0] === 'projects' && parts.length === 3) return { name: 'projects', ...at };
  if (parts[0] === 'teams' && parts.length <= 3) return { name: 'teams', ...at, run: '', team: parts[2] ?? '' };
  if (parts[0] === 'breakers' && parts.length === 4 && parts[3] === 'blast') return { name: 'blast', ...at, run: '', breaker: parts[2] ?? '' };
  if (parts.length === 0) return { name: 'triage', ...at };
  const plain = parts.length === 1 && PLAIN.includes(parts[0] ?? '');
  return { name: plain ? (parts[0] as SectionName) : 'unknown', ...at };
}

/** The pages that have one address. */
export type PlainName = Exclude<SectionName, 'run' | 'blast'>;

export function href(name: PlainName, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${name}${search ? `?${search}` : ''}`;
}

export function runHref(connection: string, run: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/runs/${encodeURIComponent(connection)}/${encodeURIComponent(run)}${search ? `?${search}` : ''}`;
}

/** The runs and steps that a breaker of a plane hurts; `seen` is an attempt that met it, to say where it stood then. */
export function blastHref(connection: string, breaker: string, seen?: { at: string; state: BreakerState }): string {
  const search = seen ? `?${new URLSearchParams(seen).toString()}` : '';
  return `#/breakers/${encodeURIComponent(connection)}/${encodeURIComponent(breaker)}/blast${search}`;
}

/** A project is opened below the list of projects, by the run that its work is. */
export const projectHref = (connection: string, run: string): string => `#/projects/${encodeURIComponent(connection)}/${encodeURIComponent(run)}`;

/** One team, or a plane and the first of its teams. */
export const teamHref = (connection: string, team = ''): string => `#/teams/${[connection, team].filter(Boolean).map(encodeURIComponent).join('/')}`;

/** The least time between two changes of the address, in milliseconds: engines refuse a page that changes it too often. */
const LEAST_GAP_MS = 150;
/** When to try again after a refusal. */
const AGAIN_MS = 2_000;

export class Router {
  route = $state.raw<Route>(parseRoute(''));
  /** Where the reader last was in the list of runs, with its filter. */
  lastRuns = href('runs');

  /** The address that is still to be written. */
  #unwritten: string | null = null;
  #writtenAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): () => void {
    const read = () => {
      this.#drop();
      this.#show(location.hash);
    };
    read();
    addEventListener('hashchange', read);
    return () => {
      removeEventListener('hashchange', read);
      this.flush();
      this.#drop();
    };
  }

  go(to: string): void {
    this.flush();
    location.hash = to;
  }

  /** Changes the filters in the address without a new entry in the history. The page follows at once, the address soon. */
  setQuery(changes: Record<string, string | null>): void {
    const query = { ...this.route.query };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === '') delete query[key];
      else query[key] = value;
    }
    const search = new URLSearchParams(query).toString();
    const path = location.hash.split('?', 1)[0] || '#/triage';
    const wanted = `${path}${search ? `?${search}` : ''}`;
    this.#show(wanted);
    this.#unwritten = wanted;
    const wait = this.#writtenAt + LEAST_GAP_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Writes the address now, for who is about to read it. */
  flush(): void {
    const wanted = this.#unwritten;
    this.#drop();
    if (wanted === null) return;
    this.#writtenAt = performance.now();
    try {
      history.replaceState(history.state, '', wanted);
    } catch {
      this.#unwritten = wanted;
      this.#timer = setTimeout(() => this.flush(), AGAIN_MS);
    }
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unwritten = null;
  }

  #show(hash: string): void {
    this.route = parseRoute(hash);
    if (this.route.name === 'runs') this.lastRuns = hash.startsWith('#/runs') ? hash : href('runs');
  }
}
