import { render, screen } from '@testing-library/svelte';
import { createRawSnippet, flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { appInfo, connection } from '../../tests/incident/around';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import type { ConnectionView } from '../rpc/schema';
import Frame from './Frame.svelte';

const children = createRawSnippet(() => ({ render: () => '<p>The page</p>' }));

async function open(connections: ConnectionView[], handlers: ScriptedPlatform['handlers'] = {}) {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => connections, 'app.info': () => appInfo, ...handlers }));
  session.connections.resource.want(null, []);
  await vi.waitFor(() => expect(session.connections.all, 'the planes are known').toHaveLength(connections.length));
  const { container } = render(Frame, { props: { children }, context });
  const frame = container.querySelector<HTMLElement>('.frame');
  const lock = () => container.querySelector('.lock')?.textContent?.trim();
  return { session, frame, lock };
}

test('the frame says on every page that the console is not heard, and since when', async () => {
  const { session } = await open([]);
  expect(screen.queryByText(/The console is not heard since/), 'heard, there is nothing to say').toBeNull();
  session.hearing.lostAt = session.clock.now;
  flushSync();
  expect(screen.getByText(/The console is not heard since/).textContent, 'the moment is named').toMatch(/\d\d:\d\d/);
  expect(screen.getByText('The page'), 'the page stays readable').toBeTruthy();
});

test('writing is shown only where an act would be sent', async () => {
  const { session, frame, lock } = await open([connection('flow-eu')]);
  expect([lock(), frame?.dataset['writing'], frame?.dataset['environment']], 'open for writing in production').toEqual(['Write', 'true', 'prod']);
  session.hearing.lostAt = session.clock.now;
  flushSync();
  expect([lock(), frame?.dataset['writing']], 'unheard, nothing can be written').toEqual(['No acts: offline', undefined]);
});

test('a silent plane that is open for writing is not shown as writable', async () => {
  const { frame, lock } = await open([connection('flow-eu', {}, 'signed_out')]);
  expect([lock(), frame?.dataset['writing']], 'the reason is its own').toEqual(['No acts: signed out', undefined]);
});

test('the frame has the colour of the environment that acts reach, not of one that is locked', async () => {
  const { frame, lock } = await open([connection('flow-eu', { read_only: true }), connection('try-out', { environment: 'staging' })]);
  expect([lock(), frame?.dataset['environment']], 'production is read-only').toEqual(['Write', 'staging']);
});

test('read-only stays read-only, also while nobody answers', async () => {
  const { frame, lock } = await open([connection('flow-eu', { read_only: true }, 'offline')]);
  expect([lock(), frame?.dataset['writing'], frame?.dataset['environment']], 'its lock is what stands in the way').toEqual(['Read-only', undefined, 'prod']);
});
