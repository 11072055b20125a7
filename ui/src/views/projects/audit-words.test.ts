import { expect, test } from 'vitest';
import { projectEvents } from '../../../tests/incident/projects';
import { eventActor, eventWord } from './audit-words';

test('events are read as what was done, by whom', () => {
  expect([...projectEvents].reverse().map((event) => `${eventWord(event)} | ${eventActor(event)}`)).toEqual([
    'asked for review of G8 | DevOps engineer', 'in review at G8 | ', 'agent started | DevOps engineer', 'approved G7 | Lena Fischer', 'approved G6 | Mira Halvorsen', 'project made | Dana Okafor',
  ]);
});

test('a word that only its plane knows is read as it is written', () => {
  const noted = { kind: 'run.noted' as const, step: null, data: { type: 'GitCheckpointCreated' } };
  expect([eventWord(noted), eventWord({ ...noted, data: {} }), eventWord({ ...noted, kind: 'step.requeued', step: 'G3' })]).toEqual(['git checkpoint created', 'noted', 'step requeued G3']);
});
