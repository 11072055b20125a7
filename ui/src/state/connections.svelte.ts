/** Every connection, and the one place that says why an act is not possible on one of them right now. */
import type { Call } from '../rpc/call';
import type { Action, ConnectionState, ConnectionView, FreshnessState, Permission } from '../rpc/schema';
import { Hearing } from './hearing.svelte';
import { Resource } from './resource.svelte';
import { canSignIn } from './who-words';

/** Acts change something on a plane; a read-only connection refuses them. Everything else only reads. */
const ACTS: readonly Action[] = ['create_run', 'cancel_run', 'retry_step', 'retry_step_with_inputs', 'decide_gate', 'reject_gate', 'reset_breaker', 'delete_store', 'projects', 'teams', 'api_keys', 'requeue_dead_letters', 'billing'];

/** States that say that a plane answers, so far as the console knows. */
const HEARD: readonly ConnectionState[] = ['live', 'polled', 'late'];

/** What acts on runs take in the team of the run. */
const IN_A_TEAM: Partial<Record<Action, Permission>> = { create_run: 'write', cancel_run: 'write', retry_step: 'write', retry_step_with_inputs: 'write', decide_gate: 'admin', reject_gate: 'admin' };

const SILENT = ['offline', 'connecting', 'signed_out', 'incompatible'] as const;
const SILENT_TEXT: Record<(typeof SILENT)[number], string> = {
  offline: 'is offline',
  connecting: 'has not answered yet',
  signed_out: 'is signed out',
  incompatible: 'speaks another version',
};

export class Connections {
  readonly resource: Resource<'connections.list'>;

  #hearing: Hearing;

  constructor(call: Call, hearing = new Hearing()) {
    this.#hearing = hearing;
    this.resource = new Resource(call, 'connections.list', hearing);
  }

  /** Who is heard through the console; while that is silent, nobody is. */
  readonly all = $derived.by<readonly ConnectionView[]>(() => {
    const read = this.resource.data ?? [];
    if (this.#hearing.lostAt === null) return read;
    return read.map((one) => (HEARD.includes(one.status.state) ? { ...one, status: { ...one.status, state: 'offline' } } : one));
  });
  readonly live = $derived(this.all.filter((one) => one.status.state === 'live' || one.status.state === 'polled'));
  /** Those that answer, if only later than they should. */
  readonly answering = $derived(this.all.filter((one) => HEARD.includes(one.status.state)));
  /** Whether it is known which connections there are. */
  readonly known = $derived.by(() => this.resource.data !== null);

  find(id: string): ConnectionView | undefined {
    return this.all.find((one) => one.id === id || one.name === id);
  }

  /** What a connection is called; its id while the list is not there yet. */
  nameOf(id: string): string {
    return this.find(id)?.name ?? id;
  }

  /** Whether what is read from it can be trusted. */
  freshness(id: string): FreshnessState {
    if (this.#hearing.lostAt !== null) return 'offline';
    const state = this.find(id)?.status.state;
    if (state === 'late') return 'stale';
    return SILENT.some((silent) => silent === state) ? 'offline' : 'live';
  }

  /** Those whose plane can do `action`, whether or not it answers now. */
  capableOf(action: Action): readonly ConnectionView[] {
    return this.all.filter((one) => one.status.capabilities.some((known) => known.action === action && known.availability === 'yes'));
  }

  /** Whether anything can be done on it right now: what it cannot do at all is its own matter. */
  acts(one: ConnectionView): boolean {
    return ACTS.some((action) => this.refusal(one.id, action) === null);
  }

  /** Why `action` is not possible on `id` now, as a sentence part that says the way out; `null` when it is possible. */
  refusal(id: string, action: Action): string | null {
    if (this.#hearing.lostAt !== null) return 'the console is not heard; it is possible again once it answers';
    const one = this.find(id);
    if (!one) return this.resource.data ? 'this connection has been removed' : 'the connections are not known yet';
    const silent = SILENT.find((state) => state === one.status.state);
    if (silent === 'signed_out' && canSignIn(one)) return `you are signed out of ${one.name}; sign in to act`;
    if (silent) return `${one.name} ${SILENT_TEXT[silent]}; it is possible again once it answers`;
    if (one.read_only && ACTS.includes(action)) return `${one.name} is read-only; Connections unlocks it`;
    const capability = one.status.capabilities.find((known) => known.action === action);
    if (capability && capability.availability !== 'yes') return capability.reason ?? `${one.name} cannot do this`;
    return this.#notOurs(one, action);
  }

  /**
   * Why it is not for us, where that is certain: no team of ours allows it. Where only some do, or a plane does not tell, it
   * depends on whose the thing is, which the plane knows.
   */
  #notOurs({ name, who }: ConnectionView, action: Action): string | null {
    if (who === null) return null;
    if (action === 'reset_breaker') return who.may.includes('admin') ? null : `only an admin of ${name} itself may reset a breaker`;
    const needed = IN_A_TEAM[action];
    if (needed === undefined || who.may.includes(needed) || who.teams.some(({ may }) => may === null || may.includes(needed))) return null;
    const to = needed === 'admin' ? 'decide' : 'change';
    if (who.teams.length === 0) return `only somebody in a team of ${name} with the permission to ${to} may do this; you are in none`;
    const where = who.teams.length === 1 ? `${who.teams[0]?.name} on ${name}` : `your teams on ${name}`;
    return `this takes the permission to ${to} in ${where}, which you do not have; ask an admin of the team`;
  }
}
