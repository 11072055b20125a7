/**
 * What the query bar says, and the request that it means. The text in the address is the only source: tabs are queries
 * with a name, so everything that hides a run is visible and can be taken away.
 */
import type { ControlPlaneKind, RunQuery, RunStatus } from '../rpc/schema';

export interface Token {
  key: string;
  value: string;
}

export interface Filter {
  tokens: readonly Token[];
  text: string;
}

const STATUSES: readonly RunStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'];
const KINDS: readonly ControlPlaneKind[] = ['breakwater', 'nofx', 'store-platform', 'fuzzyllama'];
const SPANS: Record<string, number> = { '30m': 30 * 60_000, '24h': 24 * 3_600_000, '7d': 7 * 24 * 3_600_000, '30d': 30 * 24 * 3_600_000 };

/** Every key that can be asked for, with its values where they are fixed. */
export const FILTER_KEYS: Readonly<Record<string, readonly string[]>> = {
  status: STATUSES,
  created: Object.keys(SPANS),
  connection: [],
  kind: KINDS,
  waits: ['me'],
};

/** Times are rounded to this, so that a moving `now` does not ask again every second. */
const SINCE_STEP_MS = 60_000;

export function parseFilter(query: string): Filter {
  const tokens: Token[] = [];
  const words: string[] = [];
  for (const part of query.match(/[a-z]+:"[^"]*"|\S+/gi) ?? []) {
    const match = /^([a-z]+):"?([^"]+)"?$/i.exec(part);
    if (match?.[1] && match[2] && !/^https?$/i.test(match[1])) tokens.push({ key: match[1].toLowerCase(), value: match[2] });
    else words.push(part);
  }
  return { tokens, text: words.join(' ') };
}

export function writeFilter(filter: Filter): string {
  const parts = filter.tokens.map(({ key, value }) => `${key}:${value.includes(' ') ? `"${value}"` : value}`);
  if (filter.text) parts.push(filter.text);
  return parts.join(' ');
}

/** What is wrong with a token, with the nearest thing that would work; `null` when it is fine. */
export function tokenFault(token: Token): { message: string; instead: Token | null } | null {
  const values = FILTER_KEYS[token.key];
  if (!values) {
    const near = nearest(token.key, Object.keys(FILTER_KEYS));
    return { message: `${token.key}: is not a filter`, instead: near ? { key: near, value: token.value } : null };
  }
  if (values.length === 0 || values.includes(token.value)) return null;
  const near = nearest(token.value, values);
  return { message: `${token.key} can be ${values.join(', ')}`, instead: near ? { key: token.key, value: near } : null };
}

export interface Wanted {
  request: RunQuery;
  /** Runs with an open gate only; the plane cannot be asked for these, so they are picked from what is under way. */
  waitsForMe: boolean;
}

/** The request behind a filter. Tokens that are wrong are left out: they are marked, not guessed. */
export function toRequest(filter: Filter, scope: string | null, now: number, idOf: (name: string) => string | undefined): Wanted {
  const good = filter.tokens.filter((token) => tokenFault(token) === null);
  const waitsForMe = good.some((token) => token.key === 'waits');
  const statuses = good.flatMap((token) => STATUSES.filter((status) => token.key === 'status' && status === token.value));
  const span = good.filter((token) => token.key === 'created').map((token) => SPANS[token.value] ?? 0).at(-1);
  const named = good.filter((token) => token.key === 'connection').at(-1);
  const request: RunQuery = {};
  const connection = named ? (idOf(named.value) ?? named.value) : (scope ?? undefined);
  if (connection !== undefined) request.connection = connection;
  const kinds = good.flatMap((token) => KINDS.filter((kind) => token.key === 'kind' && kind === token.value));
  if (kinds.length > 0) request.kinds = kinds;
  if (waitsForMe) request.statuses = ['running', 'waiting'];
  else if (statuses.length > 0) request.statuses = statuses;
  if (filter.text) request.text = filter.text;
  if (span !== undefined) request.since = since(now, span);
  return { request, waitsForMe };
}

export function since(now: number, span: number): string {
  return new Date(Math.floor((now - span) / SINCE_STEP_MS) * SINCE_STEP_MS).toISOString();
}

/** What counts as failing now, wherever it is counted: failed, and created within a day. */
export const failingSince = (now: number): string => since(now, SPANS['24h'] ?? 0);

export interface SavedView {
  id: 'failing' | 'mine' | 'running' | 'all';
  label: string;
  query: string;
}

export const SAVED_VIEWS: readonly SavedView[] = [
  { id: 'failing', label: 'Failing now', query: 'status:failed created:24h' },
  { id: 'mine', label: 'Waiting for me', query: 'waits:me' },
  { id: 'running', label: 'Running', query: 'status:running' },
  { id: 'all', label: 'All', query: '' },
];

/** The saved view that a filter refines: the first whose tokens it still has. */
export function viewOf(filter: Filter): SavedView['id'] {
  const has = (token: Token) => filter.tokens.some((own) => own.key === token.key && own.value === token.value);
  return SAVED_VIEWS.find((view) => view.query !== '' && parseFilter(view.query).tokens.every(has))?.id ?? 'all';
}

function nearest(word: string, candidates: readonly string[]): string | null {
  const ranked = candidates.map((candidate) => ({ candidate, far: distance(word, candidate) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= 3 ? best.candidate : null;
}

/** Letters to change, add or take away to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
