import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { connection } from '../../tests/incident/around';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import ScopeSwitch from './ScopeSwitch.svelte';

test('the keys of the page are off behind the open menu, and on again after it', async () => {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu'), connection('stores-eu')] }));
  const run = vi.fn();
  session.keys.add([{ keys: 'c', label: 'Cancel', run }]);
  render(ScopeSwitch, { props: { environment: 'prod' }, context });
  expect(screen.queryByRole('button'), 'before the planes are known there is nothing to choose').toBeNull();
  session.connections.resource.want(null, []);
  await screen.findByRole('button', { name: /All 2 connections/ });
  const press = (key: string) => session.keys.handle(new KeyboardEvent('keydown', { key, cancelable: true }));
  press('e');
  const menu = await screen.findByRole('menu');
  press('c');
  expect(run, 'the letter belongs to the menu').not.toHaveBeenCalled();
  await fireEvent.keyDown(menu, { key: 'Escape' });
  await vi.waitFor(() => expect(screen.queryByRole('menu'), 'it closes').toBeNull());
  press('c');
  expect(run, 'the page has its keys again').toHaveBeenCalledOnce();
});
