/** Acts on teams, keys and subscriptions as a reader says them. Pure. */
import type { ActRecord, ApiKey, BillingPlan, Team, TeamPeople } from '../../rpc/schema';
import { nameOf } from './people';

export type Topic = 'team' | 'keys' | 'plan';

/** What is known of the names behind the ids. */
export interface Names {
  teams: readonly Team[];
  people: TeamPeople | null;
  keys: readonly ApiKey[];
  plans: readonly BillingPlan[];
}

interface Telling {
  topic: Topic;
  verb: string;
  object: (target: string, names: Names) => string;
}

const team = (target: string, { teams }: Names): string => teams.find((one) => one.id === target.split('/')[0])?.name ?? target.split('/')[0] ?? target;
const rest = (target: string): string => target.split('/').slice(1).join('/');
function member(target: string, { people }: Names): string {
  const found = people?.members.find((one) => one.id === rest(target));
  return found ? nameOf(found) : `member ${rest(target)}`;
}
/** What was done to a subscription, and whose it is where a plane charges teams. */
function ofPlan(target: string, names: Names, words: (of: string) => string): string {
  const told = target.includes('/') ? `${words(rest(target))} for ${team(target, names)}` : words(target);
  return told.trim();
}
const key = (target: string, { keys }: Names): string => keys.find((one) => one.id === target)?.name ?? target;

const TELLINGS: Record<string, Telling> = {
  create_team: { topic: 'team', verb: 'made the team', object: (target) => target },
  rename_team: { topic: 'team', verb: 'renamed the team', object: team },
  delete_team: { topic: 'team', verb: 'deleted the team', object: team },
  leave_team: { topic: 'team', verb: 'left the team', object: team },
  invite_member: { topic: 'team', verb: 'invited', object: (target, names) => `${rest(target)} to ${team(target, names)}` },
  cancel_invitation: { topic: 'team', verb: 'took back the invitation', object: (target, { people }) => people?.invitations.find((one) => one.id === rest(target))?.email ?? rest(target) },
  set_permissions: { topic: 'team', verb: 'changed the permissions of', object: member },
  change_role: { topic: 'team', verb: 'changed the role of', object: member },
  remove_member: { topic: 'team', verb: 'removed', object: member },
  transfer_ownership: { topic: 'team', verb: 'gave the team to', object: member },
  create_api_key: { topic: 'keys', verb: 'made the API key', object: key },
  revoke_api_key: { topic: 'keys', verb: 'revoked the API key', object: key },
  open_checkout: { topic: 'plan', verb: 'opened the checkout of', object: (target, names) => ofPlan(target, names, (price) => names.plans.find((one) => one.price === price)?.name ?? price) },
  open_billing_portal: { topic: 'plan', verb: 'opened the page of payments', object: (target, names) => ofPlan(target, names, () => '') },
  cancel_subscription: { topic: 'plan', verb: 'cancelled the subscription', object: (target, names) => ofPlan(target, names, (when) => when) },
  resume_subscription: { topic: 'plan', verb: 'took the cancellation back', object: (target, names) => ofPlan(target, names, () => '') },
};

export interface Told {
  act: ActRecord;
  topic: Topic;
  verb: string;
  object: string;
}

/** What this console did about teams, keys and plans of a plane, newest first as it was read. */
export function auditOf(acts: readonly ActRecord[], connection: string, names: Names): Told[] {
  return acts.flatMap((act) => {
    const telling = TELLINGS[act.action];
    if (!telling || act.connection !== connection) return [];
    return [{ act, topic: telling.topic, verb: telling.verb, object: telling.object(act.target, names) }];
  });
}
