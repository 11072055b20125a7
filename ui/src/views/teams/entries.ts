/** The audit of a plane as a reader says it: who did, or tried, what to what, and how it was before. Pure. */
import type { AuditEntry, JsonValue } from '../../rpc/schema';
import type { Appearance } from '../../state/appearance';
import { plural, shortId } from '../../state/run-words';
import { nameOf } from './people';
import { TRIED } from './operations';
import { permissionsOf, ROLES } from './roles';
import type { Names } from './audit';

export type EntryFilter = 'all' | 'acts' | 'refused' | 'roles';

/** Facts of an entry, each of which may be missing. */
type Facts = Record<string, JsonValue | undefined>;
const facts = (value: JsonValue | null): Facts => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const role = (value: JsonValue | undefined): string => ROLES[value as keyof typeof ROLES]?.toLowerCase() ?? text(value);
const list = (value: JsonValue | undefined): string | null => (Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(', ') : null);
const state = (value: JsonValue | undefined): string => text(value).replaceAll('_', ' ');

/** What somebody might do: what was set for one, or else what the role allowed. */
function may(of: Facts): string {
  const usual = of['role'];
  return list(of['permissions']) ?? (typeof usual === 'string' && usual in ROLES ? `as the role allows: ${permissionsOf(usual as keyof typeof ROLES)}` : 'as the role allows');
}

const arrow = (from: string, to: string): string => [from, to].filter(Boolean).join(' → ');

interface Telling {
  verb: string;
  object: (target: string, before: Facts, after: Facts, names: Names) => string;
  /** How it was and how it is; empty where nothing of that is kept. */
  change?: (before: Facts, after: Facts) => string;
}

const run = (target: string): string => shortId(target.split('/')[0] ?? target);
const step = (target: string): string => `${target.split('/').slice(1).join('/')} of ${run(target)}`;
const team = (target: string, names: Names): string => names.teams.find((one) => one.id === target)?.name ?? target;
function member(target: string, { people }: Names): string {
  const found = people?.members.find((one) => one.id === target);
  return found ? nameOf(found) : target;
}
const email = (target: string, before: Facts, after: Facts): string => text(before['email']) || text(after['email']) || target;
const none = (): string => '';

const onBreaker = (verb: string): Telling => ({ verb, object: (target) => target, change: (before, after) => arrow(state(before['state']), state(after['state'])) });

const TELLINGS: Record<string, Telling> = {
  'run.create': { verb: 'started', object: run, change: (_, after) => text(after['goal']) },
  'run.cancel': { verb: 'cancelled', object: run, change: (before) => (before['status'] === undefined ? '' : `before: ${state(before['status'])}`) },
  'step.retry': { verb: 'retried', object: step, change: (before, after) => [before['run'] === undefined ? '' : `before: ${state(before['run'])}`, after['inputs_changed'] === true ? 'with other inputs' : ''].filter(Boolean).join(', ') },
  'gate.approve': { verb: 'approved', object: step },
  'gate.reject': { verb: 'rejected', object: step },
  'breaker.probe': onBreaker('let a probe through'),
  'breaker.isolate': onBreaker('isolated the breaker'),
  'breaker.release': onBreaker('ended the isolation of the breaker'),
  'breaker.reset': onBreaker('closed the breaker'),
  'team.create': { verb: 'made the team', object: (target, _, after) => text(after['name']) || target },
  'team.rename': { verb: 'renamed the team', object: (target, _, __, names) => team(target, names), change: (before, after) => arrow(text(before['name']), text(after['name'])) },
  'team.delete': { verb: 'deleted the team', object: (target, before) => text(before['name']) || target },
  'team.transfer': { verb: 'gave the team to', object: (_, __, after, names) => text(after['email']) || member(text(after['owner']), names), change: (before) => (text(before['owner']) ? 'the owner before is an admin now' : '') },
  'member.invite': { verb: 'invited', object: email, change: (_, after) => (after['role'] === undefined ? '' : `as ${role(after['role'])}`) },
  'invitation.cancel': { verb: 'took back the invitation of', object: email },
  'invitation.accept': { verb: 'took up the invitation', object: none, change: (_, after) => (after['role'] === undefined ? '' : `as ${role(after['role'])}`) },
  'member.role': { verb: 'changed the role of', object: email, change: (before, after) => arrow(role(before['role']), role(after['role'])) },
  'member.permissions': { verb: 'changed the permissions of', object: email, change: (before, after) => arrow(may(before), may(after)) },
  'member.remove': { verb: 'removed', object: email, change: (before) => (before['role'] === undefined ? '' : `before: ${role(before['role'])}`) },
  'member.leave': { verb: 'left the team', object: none, change: (before) => (before['role'] === undefined ? '' : `before: ${role(before['role'])}`) },
  'key.create': { verb: 'made the API key', object: (target, _, after) => text(after['name']) || target, change: (_, after) => [list(after['permissions']) ?? '', after['expires_at'] === null ? 'does not end' : ''].filter(Boolean).join(', ') },
  'key.revoke': { verb: 'revoked the API key', object: (target, before) => text(before['name']) || target },
  'session.begin': { verb: 'signed in', object: none, change: (_, after) => (text(after['by']) ? `by ${state(after['by'])}` : '') },
  'session.refresh': { verb: 'went on with a session', object: none },
  'session.revoke': { verb: 'lost a session', object: none, change: () => 'its token was used a second time' },
  'session.end': { verb: 'signed out', object: none },
  'session.end_all': { verb: 'signed out everywhere', object: none, change: (_, after) => (typeof after['ended'] === 'number' ? plural(after['ended'], 'session') : '') },
};

/** A refused operation names in its target a run, a team, a member or a key, by its id. */
function aim(target: string, names: Names): string {
  if (/^run_/.test(target)) return target.includes('/') ? step(target) : run(target);
  const known = names.people?.members.find((one) => one.id === target) ?? names.people?.invitations.find((one) => one.id === target);
  if (known) return 'role' in known && 'is_us' in known ? nameOf(known) : (known.email ?? target);
  return names.keys.find((one) => one.id === target)?.name ?? team(target, names);
}

export interface Entry {
  entry: AuditEntry;
  verb: string;
  object: string;
  /** The run that it was about; `null` where it was about none. */
  run: string | null;
  change: string;
  outcome: Appearance;
}

function told(entry: AuditEntry, names: Names): Pick<Entry, 'verb' | 'object' | 'change'> {
  const target = entry.target ?? '';
  if (entry.act === 'audit.gap') return { verb: 'could not record', object: plural(entry.times, 'act'), change: 'they are missing before this entry' };
  const telling = TELLINGS[entry.act];
  if (telling) {
    const [before, after] = [facts(entry.before), facts(entry.after)];
    return { verb: telling.verb, object: telling.object(target, before, after, names), change: telling.change?.(before, after) ?? '' };
  }
  const tried = TRIED[entry.act] ?? `do ${entry.act.replaceAll(/[._]/g, ' ')}`;
  return { verb: entry.outcome.is === 'refused' ? `tried to ${tried}` : entry.act.replaceAll(/[._]/g, ' '), object: aim(target, names), change: '' };
}

function outcomeOf({ outcome, times, act }: AuditEntry): Appearance {
  const often = times > 1 && act !== 'audit.gap' ? `, ${times.toLocaleString('en-US')} times` : '';
  if (outcome.is === 'refused') return { tone: 'failed', word: `Refused: ${outcome.code.replaceAll('_', ' ')}${often}` };
  return act === 'audit.gap' ? { tone: 'warn', word: 'Gap' } : { tone: 'ok', word: 'Done' };
}

/** Entries in the order in which they were told. */
export function entriesOf(entries: readonly AuditEntry[], names: Names): Entry[] {
  return entries.map((entry) => ({ entry, ...told(entry, names), run: /^run_[^/]+/.exec(entry.target ?? '')?.[0] ?? null, outcome: outcomeOf(entry) }));
}

const ROLE_ACTS: readonly string[] = ['invite_member', 'cancel_invitation', 'accept_invitation', 'change_role', 'set_permissions', 'remove_member', 'leave_team', 'transfer_team', 'team.transfer'];

export function matches({ act, outcome }: Pick<AuditEntry, 'act' | 'outcome'>, filter: EntryFilter): boolean {
  if (filter === 'roles') return ROLE_ACTS.includes(act) || act.startsWith('member.') || act.startsWith('invitation.');
  return filter === 'all' || (filter === 'refused') === (outcome.is === 'refused');
}
