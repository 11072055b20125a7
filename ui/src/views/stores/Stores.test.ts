import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { storePlatform } from '../../../tests/incident/around';
import { stores } from '../../../tests/incident/stores';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import Stores from './Stores.svelte';

async function show(handlers: Record<string, (request: never) => unknown> = {}, planes = [storePlatform()]) {
  const events = { items: [], next: null, last_seq: 0, complete: true, freshness: { read_at: null, state: 'live' } };
  const { session, platform, context } = fixedSession(new ScriptedPlatform({ 'stores.list': () => ({ items: stores, more: false }), 'connections.list': () => planes, 'runs.events': () => events, ...handlers }));
  session.connections.resource.want(null, []);
  render(Stores, { context });
  await screen.findByRole('heading', { level: 1 });
  return { platform, session };
}

test('what blocks the others is open, and says what deleting it would free', async () => {
  await show();
  const open = await screen.findByRole('button', { expanded: true });
  expect(open.textContent, 'the stuck one').toMatch(/nordlys-outdoor/);
  expect(screen.getByText(/^Deleting it frees 2 others/).textContent).toContain('fjord-cycles-b2b');
});

test('a store is deleted only with its name and a reason, and by its run', async () => {
  const { platform } = await show({ 'stores.delete': () => ({ items: [], more: false }) });
  await fireEvent.click(await screen.findByRole('button', { name: /^Delete 1 store in stores-eu/ }));
  const dialog = within(await screen.findByRole('dialog'));
  const confirm = dialog.getByRole('button', { name: /^Delete 1 store in stores-eu/ });
  await fireEvent.click(confirm);
  expect(platform.asked('stores.delete'), 'nothing is sent yet').toEqual([]);
  await fireEvent.input(dialog.getByLabelText(/^Type/), { target: { value: 'nordlys-outdoor' } });
  await fireEvent.input(dialog.getByLabelText(/^Reason/), { target: { value: 'no volume' } });
  await fireEvent.click(confirm);
  expect(platform.asked('stores.delete')).toEqual([{ connection: 'stores-eu', run: stores[0]!.run, reason: 'no volume' }]);
});

test('a locked platform says why nothing can be made or deleted', async () => {
  await show({}, [storePlatform({ read_only: true })]);
  await screen.findByRole('button', { name: /^Delete 1 store/ });
  for (const name of [/^Create 1 store/, /^Delete 1 store/]) {
    const button = screen.getByRole('button', { name });
    expect(button.getAttribute('aria-disabled'), `${name} is there and says why not`).toBe('true');
  }
  expect(document.body.textContent).toContain('stores-eu is read-only; Connections unlocks it');
});

test('a new store is sent with its plan and a key, and another form with another key', async () => {
  let count = 0;
  const { platform } = await show({ 'runs.create': () => { count += 1; throw refusal('The cap is reached.'); } });
  await fireEvent.click(screen.getByRole('button', { name: /^Create 1 store/ }));
  const dialog = within(await screen.findByRole('dialog'));
  const send = () => fireEvent.click(dialog.getByRole('button', { name: /^Create 1 store/ }));
  await fireEvent.input(dialog.getByLabelText('Name'), { target: { value: 'lumen home' } });
  await send();
  await send();
  await fireEvent.click(dialog.getByLabelText(/Medusa/));
  await send();
  await screen.findByText('The cap is reached.');
  expect(count).toBe(3);
  const asked = platform.asked('runs.create') as { connection: string; plan: unknown; idempotency_key: string }[];
  expect(asked.map((one) => one.plan)).toEqual([{ name: 'lumen home', engine: 'woocommerce' }, { name: 'lumen home', engine: 'woocommerce' }, { name: 'lumen home', engine: 'medusa' }]);
  expect(asked[1]!.idempotency_key, 'a second click is the same wish').toBe(asked[0]!.idempotency_key);
  expect(asked[2]!.idempotency_key, 'a changed form is another').not.toBe(asked[0]!.idempotency_key);
});

test('without a platform the page says how stores get here', async () => {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'stores.list': () => ({ items: [], more: false }), 'connections.list': () => [] }));
  session.connections.resource.want(null, []);
  render(Stores, { context });
  expect((await screen.findByText('No store platform is connected')).tagName).toBeDefined();
});
