import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { refusal, ScriptedPlatform } from '../../tests/scripted-platform';
import { Hearing } from './hearing.svelte';
import { LEAST_GAP_MS, Resource, SHOW_LOADING_AFTER_MS } from './resource.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

function open(handler: () => unknown) {
  const platform = new ScriptedPlatform({ 'breakers.list': handler });
  const resource = new Resource(platform.call, 'breakers.list');
  resource.want(null, [{ noun: 'breakers' }]);
  return { platform, resource };
}

test('a quick answer never shows loading, a slow one does', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const { resource } = open(() => new Promise((done) => (answer = done)));
  await vi.advanceTimersByTimeAsync(SHOW_LOADING_AFTER_MS - 1);
  expect(resource.status, 'before the limit nothing flashes').toBe('pending');
  await vi.advanceTimersByTimeAsync(2);
  expect(resource.status, 'after the limit the reader is told').toBe('loading');
  answer([]);
  await settle();
  expect(resource.status, 'the answer ends it').toBe('ready');
});

test('a stale tag asks again, a foreign one does not', async () => {
  const { platform, resource } = open(() => []);
  await vi.advanceTimersByTimeAsync(LEAST_GAP_MS);
  resource.stale([{ noun: 'runs' }]);
  await settle();
  expect(platform.calls, 'runs are not what this is made of').toHaveLength(1);
  resource.stale([{ noun: 'breakers' }]);
  await settle();
  expect(platform.calls, 'its own tag must lead to a new read').toHaveLength(2);
});

test('a storm of events becomes at most one more read while one is under way', async () => {
  const answers: ((value: unknown) => void)[] = [];
  const { platform, resource } = open(() => new Promise((done) => answers.push(done)));
  for (let i = 0; i < 50; i += 1) resource.stale([{ noun: 'breakers' }]);
  expect(platform.calls, 'one read at a time').toHaveLength(1);
  answers[0]?.([]);
  await vi.advanceTimersByTimeAsync(LEAST_GAP_MS);
  expect(platform.calls, 'what happened meanwhile leads to exactly one more').toHaveLength(2);
});

test('an error keeps what was read before', async () => {
  let broken = false;
  const { resource } = open(() => {
    if (broken) throw refusal('It answered 500.');
    return [{ id: 'ai:anthropic' }];
  });
  await vi.advanceTimersByTimeAsync(LEAST_GAP_MS);
  broken = true;
  resource.refetch();
  await settle();
  expect(resource.status, 'the failure is told').toBe('error');
  expect(resource.error?.message, 'with its own words').toBe('It answered 500.');
  expect(resource.data, 'and the copy stays readable').toHaveLength(1);
});

test('a late answer to an old request does not replace a new one', async () => {
  const answers: ((value: unknown) => void)[] = [];
  const platform = new ScriptedPlatform({ 'runs.get': () => new Promise((done) => answers.push(done)) });
  const resource = new Resource(platform.call, 'runs.get');
  resource.want({ run: 'run_a' }, []);
  resource.want({ run: 'run_b' }, []);
  answers[1]?.({ id: 'run_b' });
  await settle();
  answers[0]?.({ id: 'run_a' });
  await settle();
  expect(resource.data?.id, 'the newest request wins').toBe('run_b');
});

test('what somebody else has read can still be read once the console is not heard', async () => {
  const hearing = new Hearing();
  let broken = false;
  const platform = new ScriptedPlatform({
    'breakers.list': () => {
      if (broken) throw refusal('nobody there');
      return [{ id: 'ai:anthropic' }];
    },
  });
  const first = new Resource(platform.call, 'breakers.list', hearing);
  first.want(null, []);
  await settle();
  const heard = new Resource(platform.call, 'breakers.list', hearing);
  heard.want(null, []);
  expect(heard.data, 'while it is heard it is asked, and nothing old is shown').toBeNull();
  broken = true;
  hearing.lostAt = 1;
  const later = new Resource(platform.call, 'breakers.list', hearing);
  later.want(null, []);
  await settle();
  expect(later.data, 'a page that is opened only now has the copy').toEqual([{ id: 'ai:anthropic' }]);
  expect(later.receivedAt, 'and its age').toBe(first.receivedAt);
  const other = new Resource(platform.call, 'runs.get', hearing);
  other.want({ run: 'run_x' }, []);
  await settle();
  expect(other.data, 'what nobody has asked is not known').toBeNull();
});

test('what no event tells of is asked for again and again, but only while the page can be seen', async () => {
  const { platform, resource } = open(() => []);
  await settle();
  const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
  const stop = resource.askEvery(15_000);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(platform.calls, 'twice in half a minute').toHaveLength(3);
  seen.mockReturnValue('hidden');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(platform.calls, 'nobody looks').toHaveLength(3);
  seen.mockReturnValue('visible');
  stop();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(platform.calls, 'and nobody asks any more').toHaveLength(3);
});
