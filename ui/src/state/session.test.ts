import { expect, test, vi } from 'vitest';
import { connection } from '../../tests/incident/around';
import { row } from '../../tests/incident/runs';
import { fixedSession } from '../../tests/session';
import { RunList } from './run-list.svelte';
import { knownUntil } from './timeline';

function open() {
  const { session, platform } = fixedSession();
  const follower = { stale: vi.fn(), refetch: vi.fn(), stop: vi.fn() };
  const forget = session.follow(follower);
  const end = session.start();
  return { session, platform, follower, forget, end };
}

test('what changed before the page could hear is read again, once', () => {
  const { platform, follower, end } = open();
  platform.link('connected');
  expect(follower.refetch, 'the first reads may be older than the first event').toHaveBeenCalledOnce();
  platform.link('connected');
  expect(follower.refetch, 'only the first time: later losses send a resync of their own').toHaveBeenCalledOnce();
  end();
});

test('stale tags reach who follows, a resync reaches everybody, and nothing reaches who left', () => {
  const { platform, follower, forget, end } = open();
  platform.emit({ type: 'stale', tags: [{ noun: 'runs' }] });
  expect(follower.stale, 'tags are handed on').toHaveBeenCalledWith([{ noun: 'runs' }]);
  platform.emit({ type: 'resync' });
  expect(follower.refetch, 'everything may be old').toHaveBeenCalledOnce();
  forget();
  platform.emit({ type: 'resync' });
  expect(follower.refetch, 'a view that is gone reads nothing').toHaveBeenCalledOnce();
  expect(follower.stop, 'and is stopped').toHaveBeenCalledOnce();
  end();
});

test('losing the console is said at once, and only once', () => {
  const { session, platform, end } = open();
  platform.link('connected');
  platform.link('lost');
  expect(session.announcer.assertive, 'a loss is urgent').toContain('lost');
  session.announcer.assertive = '';
  platform.link('lost');
  expect(session.announcer.assertive, 'it is not repeated').toBe('');
  end();
});

test('while the console is not heard nothing counts as live, and it does again afterwards', async () => {
  const { session, platform, end } = open();
  platform.handlers['connections.list'] = () => [connection('flow-eu')];
  platform.link('connected');
  await vi.waitFor(() => expect(session.connections.refusal('flow-eu', 'cancel_run'), 'heard, it can be acted on').toBeNull());
  expect(session.connections.freshness('flow-eu'), 'and is live').toBe('live');
  platform.link('lost');
  expect(session.connections.freshness('flow-eu'), 'nobody knows how it is now').toBe('offline');
  expect(session.connections.live, 'so nobody counts as live').toEqual([]);
  expect(session.connections.refusal('flow-eu', 'cancel_run'), 'the reason is the console, not the plane').toContain('the console is not heard');
  expect(session.connections.refusal('unknown', 'cancel_run'), 'whichever plane is meant').toContain('the console is not heard');
  platform.link('connected');
  expect([session.connections.freshness('flow-eu'), session.connections.refusal('flow-eu', 'cancel_run')], 'all is as before').toEqual(['live', null]);
  end();
});

test('what was read is known up to the first moment of the loss, and no further', async () => {
  const { session, platform, end } = open();
  const lost = session.clock.now;
  platform.handlers['runs.list'] = () => ({
    items: [row({ id: 'run_new', goal: 'new', status: 'running', freshness: { read_at: new Date(lost - 60_000).toISOString(), state: 'live' } }), row({ id: 'run_old', goal: 'old', status: 'running', freshness: { read_at: new Date(lost - 90_000).toISOString(), state: 'stale' } })],
    next: null, matching: 2, total: 2, counts: [],
  });
  const list = new RunList(platform.call, session.hearing);
  list.want({});
  await vi.waitFor(() => expect(list.rows, 'the rows must arrive').toHaveLength(2));
  platform.link('lost');
  session.clock.now = lost + 30_000;
  platform.link('lost');
  const until = list.rows.map((run) => knownUntil(run.freshness, session.clock.now));
  expect(list.rows.map((run) => run.freshness.state), 'no row is live').toEqual(['offline', 'offline']);
  expect(until, 'the live one was known until the loss, the old one is no younger for it').toEqual([lost, lost - 90_000]);
  platform.link('connected');
  expect(list.rows[0]?.freshness.state, 'heard again, it is live again').toBe('live');
  end();
});
