/** Where in the app the reader is: the part of the address after `#`, so that a link, Back and a reload all work. */
export type SectionName = 'runs' | 'run' | 'breakers' | 'readiness' | 'connections' | 'first-run' | 'settings';

export interface Route {
  name: SectionName | 'unknown';
  /** Named parts of the path. */
  connection: string;
  run: string;
  /** Everything after `?`, for filters, tabs and selections. */
  query: Readonly<Record<string, string>>;
}

const PLAIN: readonly string[] = ['runs', 'breakers', 'readiness', 'connections', 'first-run', 'settings'];

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const at = { connection: parts[1] ?? '', run: parts[2] ?? '', query };
  if (parts[0] === 'runs' && parts.length === 3) return { name: 'run', ...at };
  if (parts.length === 0) return { name: 'runs', ...at };
  const plain = parts.length === 1 && PLAIN.includes(parts[0] ?? '');
  return { name: plain ? (parts[0] as SectionName) : 'unknown', ...at };
}

export function href(name: Exclude<SectionName, 'run'>, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${name}${search ? `?${search}` : ''}`;
}

export function runHref(connection: string, run: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/runs/${encodeURIComponent(connection)}/${encodeURIComponent(run)}${search ? `?${search}` : ''}`;
}

export class Router {
  route = $state.raw<Route>(parseRoute(''));

  start(): () => void {
    const read = () => (this.route = parseRoute(location.hash));
    read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }

  go(to: string): void {
    location.hash = to;
  }

  /** Changes the filters in the address without a new entry in the history. */
  setQuery(changes: Record<string, string | null>): void {
    const query = { ...this.route.query };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === '') delete query[key];
      else query[key] = value;
    }
    const search = new URLSearchParams(query).toString();
    const path = location.hash.split('?', 1)[0] || '#/runs';
    history.replaceState(history.state, '', `${path}${search ? `?${search}` : ''}`);
    this.route = parseRoute(location.hash);
  }
}
