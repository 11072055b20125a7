/**
 * Which control planes fell silent and which are heard again, each said once to who does not see the screen. A plane that
 * was silent already when the page was opened is no news; while the console itself is lost, that alone is said.
 */
import type { ConnectionView } from '../rpc/schema';
import type { Announcer } from './announcer.svelte';

/** `connecting` decides nothing: it is what a silent plane is between two attempts, and a fresh page before the first. */
const SILENT = ['offline', 'signed_out', 'incompatible'];
const HEARD = ['live', 'polled', 'late'];

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

const each = (names: readonly string[], what: string): string => `${listed.format(names)} ${names.length === 1 ? 'is' : 'are'} ${what}.`;

export class Losses {
  #announcer: Pick<Announcer, 'say' | 'sayNow'>;
  /** How each plane was heard last, by its id. */
  #heard = new Map<string, boolean>();

  constructor(announcer: Pick<Announcer, 'say' | 'sayNow'>) {
    this.#announcer = announcer;
  }

  /** `all` is `null` while the console is not heard. */
  follow(all: readonly ConnectionView[] | null): void {
    if (all === null) return;
    const lost: string[] = [];
    const out: string[] = [];
    const back: string[] = [];
    for (const { id, name, status } of all) {
      const heard = HEARD.includes(status.state);
      if (!heard && !SILENT.includes(status.state)) continue;
      const before = this.#heard.get(id);
      this.#heard.set(id, heard);
      if (before === undefined || before === heard) continue;
      (heard ? back : status.state === 'signed_out' ? out : lost).push(name);
    }
    const said = [
      ...(lost.length > 0 ? [`${each(lost, 'offline')} What is shown of ${lost.length === 1 ? 'it' : 'them'} is as last seen.`] : []),
      ...(out.length > 0 ? [`You were signed out of ${listed.format(out)}.`] : []),
    ];
    if (said.length > 0) this.#announcer.sayNow(said.join(' '));
    if (back.length > 0) this.#announcer.say(each(back, 'heard again'));
  }
}
