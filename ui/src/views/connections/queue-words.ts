/** What a queue holds, in words, and how many dead letters may be put back at once. Pure. */
import type { Queue } from '../../rpc/schema';
import { formatDuration } from '../../state/time-format';

const number = (count: number): string => count.toLocaleString('en-US');

/** Only what its plane tells; a number that is not told is left out, and nothing stands for it. */
export function countFacts(queue: Queue): [name: string, text: string][] {
  const facts: [string, string | null][] = [
    ['Waiting', queue.waiting === null ? null : number(queue.waiting)],
    ['Active', queue.active === null ? null : number(queue.active)],
    ['Delayed', queue.delayed === null ? null : number(queue.delayed)],
    ['Failed', queue.failed === null ? null : number(queue.failed)],
    ['Oldest', queue.oldest_ms === null ? null : `has waited ${formatDuration(queue.oldest_ms)}`],
    ['Dead letters', queue.dead_letters === null ? null : number(queue.dead_letters)],
  ];
  const told = facts.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]));
  const silent = facts.flatMap(([name, text]) => (text === null ? [name.toLowerCase()] : []));
  return silent.length === 0 ? told : [...told, ['Not told', silent.join(', ')]];
}

/** Why this is no number of dead letters to be put back; `null` if it is. */
export function atMostFault(typed: string): string | null {
  const text = typed.trim();
  if (!/^\d+$/.test(text)) return 'Write a whole number from 1 to 500.';
  const count = Number(text);
  return count >= 1 && count <= 500 ? null : 'At most 500 are put back at once, and at least 1.';
}
