import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import { NOW } from '../../../tests/incident/clock';
import { fixedSession } from '../../../tests/session';
import EventTwin from './EventTwin.svelte';

const now = Date.parse(NOW);
const event = (before: number, text: string) => ({ at: now - before, lane: 'Breaker anthropic', text });

test('whoever reads an event stays at it while more is read, and goes on from there', async () => {
  const first = [event(60_000, 'opened'), event(30_000, 'a probe failed'), event(-60_000, 'the next probe is due')];
  const { rerender } = render(EventTwin, { props: { events: first, now, onreach: () => undefined }, context: fixedSession().context });
  const here = () => screen.getAllByRole('option').find((one) => one === document.activeElement)?.textContent ?? '';
  screen.getAllByRole('option').find((one) => one.tabIndex === 0)?.focus();
  expect(here(), 'what happened last comes first').toContain('a probe failed');
  await rerender({ events: [event(50_000, 'a call failed'), ...first].sort((a, b) => a.at - b.at) });
  await tick();
  expect(here(), 'the focus goes with the event').toContain('a probe failed');
  await fireEvent.keyDown(screen.getByRole('listbox'), { key: 'ArrowLeft' });
  await tick();
  expect(here(), 'the new one is before it').toContain('a call failed');
  await rerender({ events: first });
  await tick();
  expect(here(), 'what left the axis leaves the reader at what was before it').toContain('opened');
});
