/** A platform for unit tests: answers from handlers, remembers what was asked, and says what it is told to. */
import { CallError, type Command, type ReplyOf, type RequestOf } from '../src/rpc/call';
import type { ConsoleEvent } from '../src/rpc/schema';
import type { BannerDoor, Leave, Link, Platform } from '../src/platform/types';

type Handler = (request: never) => unknown;

export class ScriptedPlatform implements Platform {
  /** What banners the page has shown and taken away, and where a click on the newest leads. */
  readonly shown: string[] = [];
  leave: Leave = 'window';
  click: () => void = () => undefined;
  readonly banners: BannerDoor = {
    leave: () => this.leave,
    ask: () => Promise.resolve(this.leave),
    show: ({ cause }, onclick) => {
      this.shown.push(cause);
      this.click = onclick;
    },
    takeAway: (cause) => void this.shown.push(`-${cause}`),
  };
  readonly calls: { command: Command; request: unknown }[] = [];
  #onEvent: (event: ConsoleEvent) => void = () => undefined;
  #onLink: (link: Link) => void = () => undefined;

  constructor(public handlers: Partial<Record<Command, Handler>> = {}) {}

  call = async <C extends Command>(command: C, request: RequestOf<C>): Promise<ReplyOf<C>> => {
    this.calls.push({ command, request });
    const handler = this.handlers[command];
    if (!handler) throw new CallError({ code: 'not_found', message: `Nothing is scripted for ${command}.`, correlationId: 'req-test' });
    return (await handler(request as never)) as ReplyOf<C>;
  };

  subscribe(onEvent: (event: ConsoleEvent) => void, onLink: (link: Link) => void): () => void {
    this.#onEvent = onEvent;
    this.#onLink = onLink;
    return () => undefined;
  }

  emit(event: ConsoleEvent): void {
    this.#onEvent(event);
  }

  link(link: Link): void {
    this.#onLink(link);
  }

  asked(command: Command): unknown[] {
    return this.calls.filter((call) => call.command === command).map((call) => call.request);
  }
}

/** An error as the console sends it. */
export const refusal = (message: string): CallError => new CallError({ code: 'refused', message, hint: 'Try again later.', correlationId: 'req-7f3a' });
