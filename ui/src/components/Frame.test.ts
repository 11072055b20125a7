import { render, screen } from '@testing-library/svelte';
import { createRawSnippet, flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { fixedSession } from '../../tests/session';
import Frame from './Frame.svelte';

test('the frame says on every page that the console is not heard, and since when', () => {
  const { session, context } = fixedSession();
  const children = createRawSnippet(() => ({ render: () => '<p>The page</p>' }));
  render(Frame, { props: { children }, context });
  expect(screen.queryByText(/The console is not heard since/), 'heard, there is nothing to say').toBeNull();
  session.hearing.lostAt = session.clock.now;
  flushSync();
  expect(screen.getByText(/The console is not heard since/).textContent, 'the moment is named').toMatch(/\d\d:\d\d/);
  expect(screen.getByText('The page'), 'the page stays readable').toBeTruthy();
});
