import { expect, test, vi } from 'vitest';
import { fixedSession } from '../../tests/session';

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
