import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { fixedSession } from '../../tests/session';
import AgeBadge from './AgeBadge.svelte';

const show = (props: Parameters<typeof render<typeof AgeBadge>>[1]) => render(AgeBadge, { props: props as never, context: fixedSession().context }).container;

test('an age is counted from when it was read, and old ones look different', () => {
  const fresh = show({ freshness: { read_at: at('03:14:21'), state: 'live' } });
  const old = show({ freshness: { read_at: at('03:12:08'), state: 'stale' } });
  expect(fresh.textContent, 'a second').toContain('1s old');
  expect(old.textContent, 'two minutes').toContain('2m 14s old');
  expect(old.querySelector('.old'), 'amber says that it cannot be trusted').not.toBeNull();
  expect(fresh.querySelector('.old'), 'fresh is quiet').toBeNull();
});
