import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { notices } from '../../../tests/incident/notices';
import { refusal, ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { Leave } from '../../platform/types';
import { CallError } from '../../rpc/call';
import NoticeSettings from './NoticeSettings.svelte';

async function show(list: () => unknown = () => notices, set: (request: never) => unknown = () => notices, leave: Leave = 'window') {
  const platform = new ScriptedPlatform({ 'notices.list': list, 'notices.set': set });
  platform.leave = leave;
  const { session, context } = fixedSession(platform);
  session.notices.resource.want(null, [{ noun: 'notices' }]);
  render(NoticeSettings, { context });
  return platform;
}

test('each kind has its level, and a choice sends all of them', async () => {
  const platform = await show();
  const breakers = within(await screen.findByRole('group', { name: 'A breaker opens or closes' }));
  expect(breakers.getByRole('button', { pressed: true }).textContent).toBe('Sound');
  await fireEvent.click(breakers.getByRole('button', { name: 'Badge' }));
  expect(platform.asked('notices.set')).toEqual([{ ...notices.settings, breaker: 'badge' }]);
});

test('quiet hours are switched on with a night, changed, and switched off', async () => {
  const platform = await show();
  await fireEvent.change(await screen.findByLabelText('from'), { target: { value: '23:30' } });
  await fireEvent.click(screen.getByRole('switch', { name: 'Quiet hours' }));
  expect(platform.asked('notices.set').map((request) => (request as typeof notices.settings).quiet)).toEqual([{ from: '23:30', to: '07:00' }, null]);
});

test('a time that is refused is marked where it stands', async () => {
  const wire = { code: 'invalid', message: 'quiet hours end at another time than they begin', correlationId: 'req-1', faults: [{ path: 'quiet.to', rule: 'differs', message: 'quiet hours end at another time than they begin', remedy: 'Choose another end.' }] };
  await show(undefined, () => { throw new CallError(wire); });
  await fireEvent.change(await screen.findByLabelText('to'), { target: { value: '22:00' } });
  expect((await screen.findByRole('alert')).textContent).toContain('another time');
  expect(screen.getByLabelText('to').getAttribute('aria-invalid')).toBe('true');
});

test('what was told lately leads to its place, with what became of it', async () => {
  await show();
  const items = (await screen.findAllByRole('listitem')).map((item) => [within(item).getByRole('link').getAttribute('href'), item.lastChild?.textContent]);
  expect(items).toEqual(notices.items.map(({ route, over_at, in_hand }) => [route, over_at !== null ? 'over' : in_hand ? 'in hand' : 'not resolved']));
});

test('a browser is asked only by the button, and a refusal says what is left', async () => {
  const platform = await show(undefined, undefined, 'undecided');
  const ask = vi.spyOn(platform.banners, 'ask');
  const button = await screen.findByRole('button', { name: 'Let this browser show banners' });
  expect(ask, 'not before').not.toHaveBeenCalled();
  platform.leave = 'denied';
  await fireEvent.click(button);
  await screen.findByText(/because that was refused\. The number stays in the title/);
  expect(ask).toHaveBeenCalledOnce();
});

test('nothing told yet, and a list that cannot be read, are two things', async () => {
  await show(() => ({ ...notices, items: [], unresolved: 0 }));
  await screen.findByText('Nothing was told yet.');
  document.body.replaceChildren();
  await show(() => { throw refusal('The cache cannot be read.'); });
  await screen.findByText('The cache cannot be read.');
});
