import { describe, expect, it } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { breaker } from '../../../tests/incident/breakers';
import { row } from '../../../tests/incident/runs';
import type { SearchHit } from '../../rpc/schema';
import { commandEntries, hitEntry, parseWanted } from './entries';
import { groupsFor, type Found } from './groups';

const hit = (over: Partial<SearchHit>): SearchHit => ({ connection: 'flow-eu', run: 'run_1', goal: 'ship it', found_in: 'log', step: 'fetch', seq: 31, snippet: 'perihelion', ...over });
const nothing: Found = { named: null, begun: [], runs: [], matching: 0, hits: [], breakers: [], checks: [], connections: [], startRefusal: null };
const groups = (typed: string, found: Partial<Found>) => groupsFor(parseWanted(typed), { ...nothing, ...found });

describe('palette', () => {
  it('reads how something was meant', () => {
    expect(parseWanted('> set'), 'commands only').toEqual({ text: 'set', mode: 'commands' });
    expect(parseWanted('#8c41'), 'a run id').toEqual({ text: '8c41', mode: 'run', run: '8c41' });
    expect(parseWanted('run_0199f3a2').mode, 'a pasted id is an immediate hit').toBe('run');
    expect(parseWanted('deploy'), 'a word').toEqual({ text: 'deploy', mode: 'anything' });
    expect(parseWanted('deadbeef'), 'a word that could be an id is looked up as both').toEqual({ text: 'deadbeef', mode: 'anything', run: 'deadbeef' });
  });

  it('keeps what is not possible, with the reason', () => {
    const start = commandEntries('start', 'local is read-only').find((entry) => entry.act === 'new-run');
    expect(start?.refusal, 'greyed, not hidden').toBe('local is read-only');
  });

  it('leads to the failing runs by the filter that the list understands', () => {
    expect(commandEntries('failing', null)[0]?.to, 'the same as the saved view').toBe('#/runs?q=status%3Afailed+created%3A24h');
  });

  it('leads to the place where the words stand', () => {
    expect(hitEntry(hit({})).to, 'the line of the log of its step').toBe('#/runs/flow-eu/run_1?step=fetch&line=31');
    expect(hitEntry(hit({ found_in: 'failure', seq: null })).to, 'the step that failed').toBe('#/runs/flow-eu/run_1?step=fetch');
    expect(hitEntry(hit({ found_in: 'event', seq: 4 })).to, 'the timeline').toBe('#/runs/flow-eu/run_1?tab=events');
  });

  it('lists the runs that an unfinished id may mean, and only those', () => {
    const begun = ['run_01a2b', 'run_01a2c', 'run_77aaa'].map((id) => row({ id, goal: id, status: 'failed' }));
    for (const typed of ['#run_01a2', '#01a2', 'run_01a2']) {
      expect(groups(typed, { begun }).flatMap((group) => group.entries.map((entry) => entry.title)), `${typed}: one that only mentions it is not meant`).toEqual(['run_01a2b', 'run_01a2c']);
    }
  });

  it('puts the thing that was named before the runs that mention it', () => {
    const found = { breakers: [breaker()], connections: [connection('flow-eu')], runs: [row({ id: 'run_1', goal: 'ask anthropic', status: 'failed' })], matching: 51, hits: [hit({ snippet: 'anthropic', seq: 1 }), hit({ snippet: 'anthropic', seq: 2 })] };
    const names = groups('anthropic', found);
    expect(names.map((group) => group.name), 'object first, then runs, then places').toEqual(['Breakers', 'Runs', 'Found in']);
    expect(names[1]?.entries.at(-1), 'the rest is one step away').toMatchObject({ title: 'All 51 runs with anthropic', to: '#/runs?q=anthropic' });
    expect(names[2]?.entries, 'the same words of the same place once').toHaveLength(1);
    expect(groups('sett', found)[0]?.entries[0]?.title, 'what is typed as a command comes first').toBe('Settings');
  });
});
