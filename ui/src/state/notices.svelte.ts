/**
 * What the console tells without being asked: the number of what is not resolved, and banners where the browser shows them.
 * The console is told what the reader looks at, so that nobody is told of what is in front of them.
 */
import type { BannerDoor } from '../platform/types';
import type { Call } from '../rpc/call';
import type { ConsoleEvent } from '../rpc/schema';
import type { Hearing } from './hearing.svelte';
import { randomKey } from './random-key';
import { Resource } from './resource.svelte';
import type { Router } from './route.svelte';

type BannerEvent = Extract<ConsoleEvent, { type: 'banner' | 'banner_over' }>;

/** How often it is said again what the reader looks at, in milliseconds; the console forgets it after a good minute. */
export const SAY_AGAIN_MS = 30_000;

export class Notices {
  readonly resource: Resource<'notices.list'>;
  /** The number in the badge. */
  readonly unresolved = $derived.by(() => this.resource.data?.unresolved ?? 0);

  #page = randomKey();
  #said: string | null = null;
  #call: Call;
  #banners: BannerDoor;
  #router: Router;

  constructor(call: Call, banners: BannerDoor, router: Router, hearing: Hearing) {
    this.#call = call;
    this.#banners = banners;
    this.#router = router;
    this.resource = new Resource(call, 'notices.list', hearing);
  }

  hear(event: BannerEvent): void {
    if (event.type === 'banner') this.#banners.show(event.banner, () => this.#router.go(event.banner.route));
    else this.#banners.takeAway(event.cause);
  }

  /** Says what the reader looks at, now and whenever that changes. */
  start(): () => void {
    this.resource.want(null, [{ noun: 'notices' }, { noun: 'acts' }]);
    const look = () => this.#look(false);
    const again = setInterval(() => this.#look(true), SAY_AGAIN_MS);
    look();
    addEventListener('hashchange', look);
    addEventListener('focus', look);
    addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(again);
      removeEventListener('hashchange', look);
      removeEventListener('focus', look);
      removeEventListener('blur', look);
      document.removeEventListener('visibilitychange', look);
    };
  }

  #look(again: boolean): void {
    const isSeen = document.visibilityState === 'visible' && document.hasFocus();
    const route = isSeen ? location.hash || '#/triage' : null;
    if (route === this.#said && !(again && route !== null)) return;
    this.#said = route;
    // Unsaid, one banner too many is shown; that is no reason to disturb a reader.
    void this.#call('notices.looking', { page: this.#page, route }).catch(() => undefined);
  }
}

/** Keeps a number before the title, whoever sets it. The result stops it. */
export function numberTitle(count: number): () => void {
  const mark = count > 0 ? `(${count}) ` : '';
  const write = () => {
    const wanted = mark + document.title.replace(/^\(\d+\) /, '');
    if (document.title !== wanted) document.title = wanted;
  };
  const watcher = new MutationObserver(write);
  write();
  watcher.observe(document.head, { subtree: true, childList: true, characterData: true });
  return () => watcher.disconnect();
}
