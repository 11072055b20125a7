import { afterEach, expect, test, vi } from 'vitest';
import type { ConsoleEvent } from '../rpc/schema';
import { platform } from './web';

class Source {
  static last: Source;
  static CLOSED = 2;
  readyState = 0;
  onopen: () => void = () => undefined;
  onmessage: (message: { lastEventId: string; data: string }) => void = () => undefined;
  onerror: () => void = () => undefined;
  constructor() {
    Source.last = this;
  }
  close(): void {
    this.readyState = 2;
  }
  say(id: number): void {
    this.onmessage({ lastEventId: String(id), data: JSON.stringify({ type: 'stale', tags: [{ noun: 'runs' }] }) });
  }
}

afterEach(() => vi.unstubAllGlobals());

function listen() {
  vi.stubGlobal('EventSource', Source);
  const events: ConsoleEvent['type'][] = [];
  const links: string[] = [];
  platform.subscribe((event) => events.push(event.type), (link) => links.push(link));
  return { events, links, source: Source.last };
}

test('a dropped event leads to a resync before anything else is believed', () => {
  const { events, source } = listen();
  source.onopen();
  source.say(1);
  source.say(2);
  source.say(5);
  expect(events, 'two events are missing').toEqual(['stale', 'stale', 'resync', 'stale']);
});

test('after a loss everything is read again', () => {
  const { events, links, source } = listen();
  source.onopen();
  source.onerror();
  source.onopen();
  expect(links, 'the loss is told').toEqual(['connected', 'lost', 'connected']);
  expect(events, 'what happened meanwhile is not known').toEqual(['resync']);
});

test('a refusal keeps the console’s own words, and silence has a remedy', async () => {
  const wire = { code: 'validation', message: 'The plan has no goal.', correlationId: 'req-1', faults: [] };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(wire), { status: 422 })));
  await expect(platform.call('app.info', null), 'the error crosses unchanged').rejects.toMatchObject({ wire });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
  await expect(platform.call('app.info', null), 'nobody answers').rejects.toMatchObject({ wire: { code: 'console_unreachable' } });
});
