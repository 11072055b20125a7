import { expect, test } from 'vitest';
import { NOW, at, seconds } from '../../../tests/incident/clock';
import { store, stores, stuck } from '../../../tests/incident/stores';
import { ahead, behind, inOrder, isStuck, nameFault, namespaceOf, remark, storeAppearance, verdict } from './queue';

const now = Date.parse(NOW);
const named = (name: string) => stores.find((one) => one.store.name === name)!;

test('the page names what is stuck and how many wait behind it', () => {
  expect(verdict(stores, now).title).toBe('1 store is stuck, and 2 wait behind');
  expect(verdict([named('lumen-home'), named('papershop')], now).title, 'what is gone or ready needs nobody').toBe('All 2 stores are ready');
  expect(verdict([named('lumen-home'), named('harrow-tools-test'), named('papershop-old')], now).title).toBe('1 of 2 stores is not ready');
});

test('a store is stuck once it has stood still for longer than its platform waits, and not before', () => {
  expect(isStuck(stuck, now), 'for 22 minutes').toBe(true);
  expect(isStuck(stuck, Date.parse(at('03:01:52'))), 'exactly as long as Helm may take').toBe(false);
  expect(isStuck({ ...stuck, freshness: { ...stuck.freshness, state: 'offline' } }, now), 'nobody knows while its platform is silent').toBe(false);
  expect(isStuck(named('fjord-cycles-b2b'), now + 3_600_000), 'one that has not begun waits, however long').toBe(false);
});

test('a platform makes one store after the other, oldest first, and each platform for itself', () => {
  const last = named('sable-rugs-de');
  expect(ahead(last, stores).map((one) => one.store.name)).toEqual(['nordlys-outdoor', 'fjord-cycles-b2b']);
  expect(behind(stuck, stores).map((one) => one.store.name)).toEqual(['fjord-cycles-b2b', 'sable-rugs-de']);
  expect(ahead({ ...last, connection: 'stores-us' }, stores), 'another platform has a queue of its own').toEqual([]);
  expect(remark(last, stores, now)).toBe('behind 2');
  expect(remark(stuck, stores, now)).toBe('stuck, limit 10m');
  expect(remark(named('harrow-tools-test'), stores, now)).toBe('at helm install');
});

test('what blocks others is on top, what is ready is a quiet group by name', () => {
  const names = inOrder(stores, now).map((one) => one.store.name);
  expect(names.slice(0, 3), 'in the order in which the platform works').toEqual(['nordlys-outdoor', 'fjord-cycles-b2b', 'sable-rugs-de']);
  expect(names.at(-1), 'what is gone comes last').toBe('papershop-old');
  expect(names.slice(5, 11)).toEqual([...names.slice(5, 11)].sort());
});

test('a deletion that its platform wrote over is not taken for ready', () => {
  const lost = store('undead', { deletion_lost_at: seconds(NOW, -60) });
  expect(remark(lost, [lost], now)).toBe('its deletion was lost');
  expect(verdict([lost], now).title).toBe('1 of 1 stores is not ready');
});

test('a store in the making is unknown while its platform is silent, a ready one stays ready', () => {
  const offline = { read_at: at('03:12:08'), state: 'offline' as const };
  expect(storeAppearance({ ...stuck, freshness: offline }).word).toBe('Unknown');
  expect(storeAppearance({ ...named('lumen-home'), freshness: offline }).word).toBe('Ready');
});

test.each([
  ['', 'It needs a name.'],
  ['Nordlys!', '"!" is not allowed.'],
  ['a\tb', 'is not allowed.'],
  ['x'.repeat(49), 'It is too long'],
  ['___', 'It needs a letter or a digit.'],
])('the name %j is refused with the reason', (name, reason) => {
  expect(nameFault(name)).toContain(reason);
});

test('the longest name has a namespace that Kubernetes takes', () => {
  const name = 'x'.repeat(48);
  expect(nameFault(name)).toBeNull();
  expect(namespaceOf(name).length + 8).toBe(63);
  expect(namespaceOf(' Nordlys Outdoor_EU ')).toBe('store-nordlys-outdoor-eu-');
});
