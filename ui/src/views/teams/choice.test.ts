import { expect, test } from 'vitest';
import { teams, told, toldTeams } from '../../../tests/incident/teams';
import { choose } from './choice';

const lab = told([{ ...teams[0]!, id: 'tm_lab', name: 'lab' }], { connection: 'nofx-lab', connection_name: 'nofx-lab' });
const empty = told([], { connection: 'nofx-new', connection_name: 'nofx-new' });

test('without a name the first team of the first plane that has one is shown', () => {
  expect(choose(toldTeams, '', '')?.team?.name).toBe('storefront');
  expect(choose([empty, ...toldTeams], '', '')?.team?.name, 'a plane without a team of ours comes after').toBe('storefront');
  expect(choose([empty], '', ''), 'and is shown where there is no other').toEqual({ plane: empty, team: null });
  expect(choose(toldTeams.slice(0, 3), '', ''), 'no plane has teams').toBeNull();
});

test('an address names a team of its own plane, and no other is shown in its place', () => {
  expect(choose([...toldTeams, lab], 'nofx-lab', '')?.team?.name).toBe('lab');
  expect(choose([...toldTeams, lab], 'nofx-eu', 'tm_growth')?.team?.name).toBe('growth');
  expect(choose([...toldTeams, lab], 'nofx-lab', 'tm_growth')?.team, 'it is not there').toBeNull();
  expect(choose(toldTeams, 'nofx-gone', 'tm_growth')).toBeNull();
});

test('what was read before stays readable when its plane can no longer tell of it', () => {
  const silent = told(teams, { refusal: 'it is not known yet what this control plane can do' });
  expect(choose([silent], '', '')?.team?.name).toBe('storefront');
});
