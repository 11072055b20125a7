/** The words for what a connection is and can do. */
import type { Action, ConnectionView, CredentialState } from '../../rpc/schema';
import { KINDS } from '../../state/plane-kinds';
import { formatDuration } from '../../state/time-format';

export const CREDENTIALS: Record<CredentialState, string> = {
  not_needed: 'none needed',
  keychain: 'OS keychain',
  session: 'this session only',
  missing: 'missing',
};

export const ACTIONS: Record<Action, string> = {
  preview: 'Preview a plan',
  create_run: 'Start a run',
  repeat_create: 'Start once, asked twice',
  cancel_run: 'Cancel a run',
  retry_step: 'Retry a step',
  retry_step_with_inputs: 'Retry with other inputs',
  decide_gate: 'Approve',
  reject_gate: 'Reject',
  steps: 'Steps',
  events: 'Timeline',
  logs: 'Logs',
  stream: 'Live events',
  templates: 'Templates',
  dead_letters: 'Dead letters',
  breakers: 'Breakers',
  reset_breaker: 'Reset a breaker',
  stores: 'Stores',
  delete_store: 'Delete a store',
  projects: 'Projects',
  teams: 'Teams',
  api_keys: 'API keys',
  audit: 'Audit',
  queue: 'Queue',
  requeue_dead_letters: 'Put dead letters back',
  billing: 'Billing',
  sign_in: 'Sign in',
};

/** What it speaks, and in which version. */
export function speaks(one: ConnectionView): string {
  const version = one.status.server_version;
  if (version === null) return KINDS[one.kind];
  return version.startsWith(KINDS[one.kind]) ? version : `${KINDS[one.kind]} ${version}`;
}

/** How it is known what it speaks. */
export function knownBy(one: ConnectionView): string {
  if (one.built_in) return 'built in';
  if (one.recognised_by === null) return 'named when it was added; a test finds out';
  const at = one.recognised_by.indexOf('because ');
  return at < 0 ? one.recognised_by : one.recognised_by.slice(at);
}

/** How often it is asked for news. */
export function asked(one: ConnectionView): string {
  if (one.status.state === 'live') return 'never, it tells by itself';
  return one.asks_every_ms === null ? 'not asked now' : `every ${formatDuration(one.asks_every_ms)}${one.poll_every_ms === null ? '' : ', as chosen'}`;
}

/** What it says that we may ask of it. */
export function limit(one: ConnectionView): string {
  const left = one.spending?.left;
  return left ? `${left.limit.toLocaleString('en-US')} requests in its window` : 'none stated';
}

/** How much of that is left. */
export function left(one: ConnectionView): string {
  const told = one.spending?.left;
  return told ? `${told.remaining.toLocaleString('en-US')} for ${formatDuration(told.resets_in_ms)}` : 'not known';
}

/** What was sent to it. */
export function sent(one: ConnectionView): string {
  if (one.spending === null) return 'nothing since the start';
  const { reads, acts } = one.spending;
  return `${reads.toLocaleString('en-US')} ${reads === 1 ? 'read' : 'reads'}, ${acts.toLocaleString('en-US')} ${acts === 1 ? 'act' : 'acts'}`;
}

/** The first line of the page. Who does not let us in may well answer. */
export function verdict(total: number, answering: number, signedOut: number): string {
  if (total === 1) return `1 control plane, and ${signedOut === 1 ? 'you are signed out of it' : answering === 1 ? 'it answers' : 'it does not answer'}`;
  if (answering === total) return `${total} control planes, and all answer`;
  const heard = answering === 0 ? 'none answers' : answering === 1 ? 'only 1 answers' : `${answering} answer`;
  if (signedOut === 0) return `${total} control planes, ${heard}`;
  if (signedOut === total) return `${total} control planes, and you are signed out of all`;
  return `${total} control planes, ${answering === 0 ? '' : `${heard}, `}you are signed out of ${signedOut}`;
}
