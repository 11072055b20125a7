/** The words for what a connection is and can do. */
import type { Action, CredentialState } from '../../rpc/schema';

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
  queue: 'Queue',
  requeue_dead_letters: 'Put dead letters back',
  billing: 'Billing',
};

/** The first line of the page. */
export function verdict(total: number, answering: number): string {
  if (total === 1) return `1 control plane, and it ${answering === 1 ? 'answers' : 'does not answer'}`;
  if (answering === total) return `${total} control planes, and all answer`;
  return `${total} control planes, ${answering === 0 ? 'none answers' : answering === 1 ? 'only 1 answers' : `${answering} answer`}`;
}
