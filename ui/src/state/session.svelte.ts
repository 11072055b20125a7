/**
 * Everything that one open page shares: the platform, the clock, preferences, the route, keys, announcements, and the
 * list of resources that listen for stale tags. Made once, before anything is shown; given to components by context.
 */
import { getContext, setContext, untrack } from 'svelte';
import type { Command, RequestOf } from '../rpc/call';
import type { ConsoleEvent, LogLine, Tag } from '../rpc/schema';
import type { Platform } from '../platform/types';
import { Announcer } from './announcer.svelte';
import { Clock } from './clock.svelte';
import { Connections } from './connections.svelte';
import { FollowUps } from './follow-ups.svelte';
import { Hearing } from './hearing.svelte';
import { Keys, type Binding } from './keys.svelte';
import { Notices } from './notices.svelte';
import { Preferences } from './preferences.svelte';
import { Resource } from './resource.svelte';
import { Router } from './route.svelte';

/** Something that reads again when it is told that what it shows is out of date. */
export interface Follower {
  stale(tags: readonly Tag[]): void;
  refetch(): void;
  stop(): void;
}

export type LogListener = (connection: string, run: string, lines: readonly LogLine[]) => void;

export class Session {
  readonly clock: Clock;
  readonly preferences: Preferences;
  readonly connections: Connections;
  readonly router = new Router();
  readonly announcer = new Announcer();
  readonly keys = new Keys();
  readonly hearing = new Hearing();
  readonly followUps: FollowUps;
  readonly notices: Notices;
  /** What this console is made of. Read once for every place that shows a part of it. */
  readonly app: Resource<'app.info'>;
  /** The id of the connection that somebody asked to sign in on; the frame shows the dialog. */
  signingIn = $state<string | null>(null);
  /** What had the focus when that was asked. */
  signedInFrom: HTMLElement | null = null;

  #followers = new Set<Follower>();
  #logListeners = new Set<LogListener>();

  constructor(
    readonly platform: Platform,
    clock: Clock = new Clock(),
  ) {
    this.clock = clock;
    this.preferences = new Preferences(platform.call);
    this.connections = new Connections(platform.call, this.hearing);
    this.followUps = new FollowUps(platform.call, this.hearing, (text) => this.announcer.say(text));
    this.notices = new Notices(platform.call, platform.banners, this.router, this.hearing);
    this.app = new Resource(platform.call, 'app.info', this.hearing);
  }

  /** Whether the page hears the console at all; a control plane may be offline while this is true. */
  get consoleHeard(): boolean {
    return this.hearing.lostAt === null;
  }

  /** Whether the built-in control plane cannot be heard for a reason of its own, which the frame says above every page. */
  get planeGone(): boolean {
    const place = this.app.data?.built_in_plane;
    return this.consoleHeard && (place === 'not_running' || place === 'not_contacted');
  }

  /** The connection that the reader looks at alone; `null` shows all of them. */
  get scope(): string | null {
    const kept = this.preferences.get('scope.connection');
    return typeof kept === 'string' && this.connections.find(kept) ? kept : null;
  }

  /** Only ever called because somebody pressed something. */
  askToSignIn(connection: string): void {
    this.signedInFrom = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.signingIn = connection;
  }

  start(): () => void {
    const connections = this.connections.resource;
    connections.want(null, [{ noun: 'connections' }]);
    this.app.want(null, [{ noun: 'app' }]);
    const stops = [
      this.follow(connections),
      this.follow(this.app),
      this.follow(this.notices.resource),
      this.clock.start(),
      this.router.start(),
      this.notices.start(),
      this.platform.subscribe(
        (event) => this.hear(event),
        (link) => this.#linkChanged(link === 'connected'),
      ),
    ];
    return () => stops.forEach((stop) => stop());
  }

  hear(event: ConsoleEvent): void {
    if (event.type === 'log') {
      for (const listener of this.#logListeners) listener(event.connection, event.run, event.lines);
      return;
    }
    if (event.type === 'banner' || event.type === 'banner_over') return this.notices.hear(event);
    const preferencesStale = event.type === 'resync' || event.tags.some((tag) => tag.noun === 'preferences');
    if (preferencesStale) void this.preferences.load();
    for (const follower of this.#followers) {
      if (event.type === 'resync') follower.refetch();
      else follower.stale(event.tags);
    }
  }

  #heardOnce = false;

  #linkChanged(heard: boolean): void {
    // What changed between the first reads and the first moment of hearing would otherwise never be told.
    if (heard && !this.#heardOnce) this.hear({ type: 'resync' });
    this.#heardOnce ||= heard;
    if (this.consoleHeard && !heard) this.announcer.sayNow('The connection to the console is lost.');
    if (!this.consoleHeard && heard) this.announcer.say('The console is heard again.');
    // The first moment counts, however often the page tries again.
    this.hearing.lostAt = heard ? null : (this.hearing.lostAt ?? this.clock.now);
  }

  /** Tells `follower` of stale tags until the result is called, which also stops it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
      follower.stop();
    };
  }

  onLog(listener: LogListener): () => void {
    this.#logListeners.add(listener);
    return () => this.#logListeners.delete(listener);
  }
}

const KEY = Symbol('session');

export const provideSession = (session: Session): Session => setContext(KEY, session);

/** The context entry that a test gives to a component. */
export const sessionContext = (session: Session): Map<symbol, Session> => new Map([[KEY, session]]);

export function useSession(): Session {
  const session = getContext<Session | undefined>(KEY);
  if (!session) throw new Error('A component that needs the session is outside of it.');
  return session;
}

/**
 * A resource for as long as the component lives. `request` is read reactively; `undefined` means nothing to ask for yet.
 * `every`, in milliseconds, asks again while the component lives and can be seen, for what no event tells of. Call it while
 * a component is being set up.
 */
export function resource<C extends Command>(
  command: C,
  request: () => RequestOf<C> | undefined,
  tags: () => readonly Tag[],
  { every }: { every?: number } = {},
): Resource<C> {
  const session = useSession();
  const made = new Resource(session.platform.call, command, session.hearing);
  $effect.pre(() => {
    const wanted = request();
    const carried = tags();
    untrack(() => made.want(wanted, carried));
  });
  $effect(() => session.follow(made));
  $effect(() => (every === undefined ? undefined : made.askEvery(every)));
  return made;
}

/** Adds key bindings for as long as the component lives; `bindings` is read reactively. */
export function useKeys(bindings: () => readonly Binding[]): void {
  const session = useSession();
  $effect(() => {
    const wanted = bindings();
    return untrack(() => session.keys.add(wanted));
  });
}
