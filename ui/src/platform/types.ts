/** The only two doors out of the page: asking the console, and hearing from it. */
import type { Call } from '../rpc/call';
import type { ConsoleEvent } from '../rpc/schema';

/** Whether the page hears the console. `lost` means that events may have been missed. */
export type Link = 'connected' | 'lost';

export interface Platform {
  call: Call;
  /** Starts hearing; the result stops it. After a loss the first event is always a `resync`. */
  subscribe(onEvent: (event: ConsoleEvent) => void, onConnectionChange: (link: Link) => void): () => void;
}
