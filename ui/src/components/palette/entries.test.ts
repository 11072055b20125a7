import { describe, expect, it } from 'vitest';
import { commandEntries, parseWanted } from './entries';

describe('palette', () => {
  it('reads how something was meant', () => {
    expect(parseWanted('> set'), 'commands only').toEqual({ text: 'set', mode: 'commands' });
    expect(parseWanted('#8c41'), 'a run id').toEqual({ text: '8c41', mode: 'run' });
    expect(parseWanted('run_0199f3a2'), 'a pasted id is an immediate hit').toEqual({ text: 'run_0199f3a2', mode: 'run' });
    expect(parseWanted('deploy'), 'a word').toEqual({ text: 'deploy', mode: 'anything' });
  });

  it('keeps what is not possible, with the reason', () => {
    const start = commandEntries('start', 'local is read-only').find((entry) => entry.act === 'new-run');
    expect(start?.refusal, 'greyed, not hidden').toBe('local is read-only');
  });
});
