import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { beforeEach, expect, test } from 'vitest';
import { fixedSession } from '../../tests/session';
import type { FollowUp } from '../state/follow-ups.svelte';
import FollowUpCards from './FollowUpCards.svelte';

const held: FollowUp = { id: 1, tone: 'ok', title: 'Reset of anthropic: it held: closed for 30s', detail: '12 calls went through, 1 of them failed.', to: '#/breakers?breaker=a' };
const opened: FollowUp = { id: 2, tone: 'failed', title: 'Reset of gemini: it opened again after 5 calls', detail: 'What was held waits again; the attempts are spent.', to: '#/breakers?breaker=b' };

beforeEach(() => {
  document.body.innerHTML = '<main id="main" tabindex="-1"></main>';
});

function show(cards: readonly FollowUp[]) {
  const { session, context } = fixedSession();
  session.followUps.cards = cards;
  render(FollowUpCards, { context });
  return session;
}

test('nothing is shown until an act was looked at again', () => {
  const session = show([]);
  expect(screen.queryByRole('complementary')).toBeNull();
  session.followUps.cards = [held];
  flushSync();
  expect(screen.getByRole('complementary', { name: 'What came of acts' }).textContent).toContain(held.title);
});

test('each card says what came of the act and leads to its breaker', () => {
  show([opened, held]);
  const cards = within(screen.getByRole('complementary'));
  expect(cards.getAllByRole('link', { name: 'Open breaker' }).map((link) => link.getAttribute('href'))).toEqual([opened.to, held.to]);
  expect(cards.getByText(opened.detail)).toBeTruthy();
  expect(cards.getAllByRole('button').map((button) => button.getAttribute('aria-label')), 'two buttons do not sound alike').toEqual([`Put away: ${opened.title}`, `Put away: ${held.title}`]);
});

test('a card is put away alone, and the place of the reader does not go with it', async () => {
  show([opened, held]);
  const button = screen.getByRole('button', { name: `Put away: ${opened.title}` });
  button.focus();
  await fireEvent.click(button);
  expect(screen.queryByText(opened.title)).toBeNull();
  expect(screen.getByText(held.title)).toBeTruthy();
  expect(document.activeElement?.id).toBe('main');
});
