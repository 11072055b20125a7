/**
 * What somebody writes to sign in on one connection. What is secret is dropped the moment it is sent, whatever comes of it:
 * a second try takes it anew. Deliberately absent: keeping anything of it, and asking for it without being asked to.
 */
import { toCallError, type Call } from '../rpc/call';
import type { ConnectionView, SignInBy, WireError } from '../rpc/schema';
import { faultText } from './fault-words';

export type SignInWay = 'password' | 'invitation';
export type SignInField = 'email' | 'token' | 'name' | 'password';

/** In the order in which they are read. */
export const SIGN_IN_FIELDS: Record<SignInWay, readonly SignInField[]> = { password: ['email', 'password'], invitation: ['token', 'name', 'password'] };
/** What each field needs, as it follows "Not yet:". A name is needed from newcomers only, which the plane knows. */
const MISSING: Partial<Record<SignInField, string>> = { email: 'an e-mail address is needed', token: 'an invitation is needed', password: 'a password is needed' };

export class SignInDraft {
  way = $state<SignInWay>('password');
  email = $state('');
  token = $state('');
  name = $state('');
  password = $state('');
  busy = $state(false);
  error = $state.raw<WireError | null>(null);
  /** When the plane lets us try again, in milliseconds since the epoch. */
  notBefore = $state<number | null>(null);
  /** What the identity provider is called, if people may sign in there. */
  provider = $state<string | null>(null);
  /** The page that the browser of the system shows, while it is waited for. */
  page = $state<string | null>(null);

  readonly fields = $derived(SIGN_IN_FIELDS[this.way]);
  /** The first field that is needed and empty. */
  readonly missing = $derived.by(() => {
    const empty = this.fields.find((field) => MISSING[field] !== undefined && this[field].trim() === '');
    return empty === undefined ? null : (MISSING[empty] ?? null);
  });
  /** The first field that the plane or the console found fault with. */
  readonly faulty = $derived.by(() => this.fields.find((field) => this.fault(field) !== null) ?? null);

  readonly connection: string;
  #call: Call;

  constructor(call: Call, connection: string) {
    this.#call = call;
    this.connection = connection;
  }

  fault(field: SignInField): string | null {
    const fault = this.error?.faults?.find((one) => one.path === field);
    return fault ? faultText(fault) : null;
  }

  /** What was said of one way does not concern the other; when it may be tried again concerns both. */
  choose(way: SignInWay): void {
    this.way = way;
    this.error = null;
    this.forget();
  }

  forget(): void {
    this.password = '';
    this.token = '';
  }

  /** Asks how people may sign in. A plane that does not answer says so to whoever signs in. */
  async learn(): Promise<void> {
    try {
      this.provider = (await this.#call('connections.ways_in', { connection: this.connection })).provider;
    } catch {
      this.provider = null;
    }
  }

  /** Sends it, at `now` in milliseconds since the epoch; `null` where it was refused, which {@link error} says. */
  async send(sessionOnly: boolean, now: () => number): Promise<ConnectionView | null> {
    const by = this.#by();
    this.forget();
    return this.#carryOut(now, () => this.#signIn(by, sessionOnly));
  }

  /** Signs in at the identity provider: `show` opens its page in the browser of the system, which is waited for then. */
  async sendThroughBrowser(sessionOnly: boolean, now: () => number, show: (page: string) => void): Promise<ConnectionView | null> {
    this.forget();
    return this.#carryOut(now, async () => {
      this.page = (await this.#call('connections.begin_sign_in', { connection: this.connection })).url;
      show(this.page);
      return this.#signIn('browser', sessionOnly);
    });
  }

  /** Waits for the browser no longer. */
  giveUp(): void {
    if (this.page === null) return;
    this.page = null;
    // A console that does not answer ends by itself what it waits for.
    this.#call('connections.give_up_sign_in', { connection: this.connection }).catch(() => undefined);
  }

  #signIn(by: SignInBy, sessionOnly: boolean): Promise<ConnectionView> {
    return this.#call('connections.sign_in', { connection: this.connection, by, session_only: sessionOnly });
  }

  async #carryOut(now: () => number, send: () => Promise<ConnectionView>): Promise<ConnectionView | null> {
    this.busy = true;
    this.error = null;
    try {
      return await send();
    } catch (thrown) {
      const { wire } = toCallError(thrown);
      this.error = wire;
      this.notBefore = wire.retryAfterMs === undefined ? null : now() + wire.retryAfterMs;
      return null;
    } finally {
      this.busy = false;
      this.page = null;
    }
  }

  #by(): SignInBy {
    if (this.way === 'password') return { password: { email: this.email.trim(), password: this.password } };
    const name = this.name.trim();
    return { invitation: { token: this.token.trim(), password: this.password, ...(name ? { name } : {}) } };
  }
}
