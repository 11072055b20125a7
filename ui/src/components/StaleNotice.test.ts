import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { fixedSession } from '../../tests/session';
import type { FreshnessState } from '../rpc/schema';
import StaleNotice from './StaleNotice.svelte';

const say = (state: FreshnessState) =>
  render(StaleNotice, { props: { freshness: { read_at: at('03:12:08'), state }, who: 'flow-eu' }, context: fixedSession().context }).container.textContent ?? '';

test('live says nothing; late and offline are not the same', () => {
  expect(say('live').trim(), 'quiet when fine').toBe('');
  expect(say('stale'), 'late').toContain('flow-eu is late');
  expect(say('offline'), 'offline says as of when').toContain('Cached as of 03:12:08');
});
