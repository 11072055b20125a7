/** The only doors out of the page: asking the console, hearing from it, and banners that the page shows itself. */
import type { Call } from '../rpc/call';
import type { Banner, ConsoleEvent } from '../rpc/schema';

/** Whether the page hears the console. `lost` means that events may have been missed. */
export type Link = 'connected' | 'lost';

/** Whether banners are shown: by the window itself, or by a browser that may, may not, was not asked yet, or cannot. */
export type Leave = 'window' | 'granted' | 'denied' | 'undecided' | 'impossible';

/** Banners that the page has to show itself. */
export interface BannerDoor {
  leave(): Leave;
  /** Asks for leave. Only ever because somebody pressed something. */
  ask(): Promise<Leave>;
  /** In the place of an earlier one of the same cause; without leave nothing is shown. */
  show(banner: Banner, onclick: () => void): void;
  takeAway(cause: string): void;
}

export interface Platform {
  call: Call;
  banners: BannerDoor;
  /** Starts hearing; the result stops it. After a loss the first event is always a `resync`. */
  subscribe(onEvent: (event: ConsoleEvent) => void, onConnectionChange: (link: Link) => void): () => void;
}
