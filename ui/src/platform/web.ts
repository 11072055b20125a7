/**
 * The door of the loopback web face: one POST per command, one event stream. Who we are is an HttpOnly cookie that
 * the page never sees; the header makes a cross-site form unable to send a command.
 */
import { CallError, toCallError, type Command, type ReplyOf, type RequestOf } from '../rpc/call';
import type { ConsoleEvent, WireError } from '../rpc/schema';
import { banners } from './banners';
import type { Platform } from './types';

async function errorOf(response: Response): Promise<CallError> {
  try {
    return toCallError((await response.json()) as WireError);
  } catch {
    return new CallError({
      code: 'console_unreachable',
      message: `The console answered ${response.status} without an explanation.`,
      correlationId: response.headers.get('x-correlation-id') ?? '',
    });
  }
}

/** How long to wait before the event stream is opened again by hand, in milliseconds. */
const REOPEN_AFTER_MS = 2_000;

export const platform: Platform = {
  banners,

  async call<C extends Command>(command: C, request: RequestOf<C>): Promise<ReplyOf<C>> {
    let response: Response;
    try {
      response = await fetch(`/rpc/${command}`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'x-breakwater': '1' },
        body: JSON.stringify(request),
      });
    } catch (reason) {
      throw toCallError(reason);
    }
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as ReplyOf<C>;
  },

  subscribe(onEvent, onConnectionChange) {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastId = 0;
    let missed = false;

    const open = () => {
      source = new EventSource('/events');
      source.onopen = () => {
        onConnectionChange('connected');
        if (missed) onEvent({ type: 'resync' });
        missed = false;
      };
      source.onmessage = (message: MessageEvent<string>) => {
        const id = Number(message.lastEventId);
        // A jump means that the console dropped something; a smaller id means that it was started anew.
        if (lastId > 0 && id > 0 && id !== lastId + 1) onEvent({ type: 'resync' });
        if (id > 0) lastId = id;
        onEvent(JSON.parse(message.data) as ConsoleEvent);
      };
      source.onerror = () => {
        missed = true;
        onConnectionChange('lost');
        // The browser tries again by itself unless the answer was not a stream at all.
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  },
};
