import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { fixedSession } from '../../tests/session';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import TimeText from './TimeText.svelte';

async function write(zone: string, props: { absolute?: boolean; millis?: boolean; zone?: boolean } = {}): Promise<string> {
  const { session, context } = fixedSession(new ScriptedPlatform({ 'preferences.get': () => ({ time_zone: zone }) }));
  await session.preferences.load();
  return render(TimeText, { props: { at: at('03:07:12.004'), ...props }, context }).container.textContent?.replace(/\u00a0/g, ' ').trim() ?? '';
}

test('a moment follows the reader’s choice of zone', async () => {
  expect(await write('utc', { zone: true }), 'UTC is named once per view').toBe('03:07:12 UTC');
  expect(await write('relative'), 'a distance from now').toBe('7m 09s ago');
});

test('evidence is never written as a distance', async () => {
  expect(await write('relative', { absolute: true }), 'audit and evidence stay absolute').toMatch(/^\d\d:\d\d:\d\d$/);
  expect(await write('utc', { millis: true }), 'logs have milliseconds').toBe('03:07:12.004');
});
