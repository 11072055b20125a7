import { expect, test, vi } from 'vitest';
import { Keys } from './keys.svelte';

function press(keys: Keys, init: KeyboardEventInit & { key: string }, target: HTMLElement = document.body): boolean {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  target.addEventListener('keydown', (seen) => keys.handle(seen as KeyboardEvent), { once: true });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}

test('the newest binding of a key wins, and leaves with its view', () => {
  const keys = new Keys();
  const [older, newer] = [vi.fn(), vi.fn()];
  keys.add([{ keys: 'j', label: 'old', run: older }]);
  const remove = keys.add([{ keys: 'j', label: 'new', run: newer }]);
  press(keys, { key: 'j' });
  expect([older.mock.calls.length, newer.mock.calls.length], 'the view on top decides').toEqual([0, 1]);
  remove();
  press(keys, { key: 'j' });
  expect(older, 'what was there before works again').toHaveBeenCalledOnce();
});

test('a sequence needs both keys, and its second key alone does nothing', () => {
  const keys = new Keys();
  const run = vi.fn();
  keys.add([{ keys: 'g r', label: 'Runs', run }]);
  press(keys, { key: 'r' });
  expect(run, 'r alone must not go anywhere').not.toHaveBeenCalled();
  press(keys, { key: 'g' });
  press(keys, { key: 'r' });
  expect(run, 'g then r goes').toHaveBeenCalledOnce();
});

test('letters are off while typing, Mod keys are not', () => {
  const keys = new Keys();
  const [letter, mod] = [vi.fn(), vi.fn()];
  keys.add([
    { keys: 'r', label: 'Retry', run: letter },
    { keys: 'Mod+f', label: 'Find', whileTyping: true, run: mod },
  ]);
  const input = document.body.appendChild(document.createElement('input'));
  press(keys, { key: 'r' }, input);
  expect(letter, 'a letter belongs to the text').not.toHaveBeenCalled();
  expect(press(keys, { key: 'f', ctrlKey: true }, input), 'the browser must not open its own find').toBe(true);
  expect(mod, 'Ctrl F finds').toHaveBeenCalledOnce();
});

test('page keys are off behind a dialog', () => {
  const keys = new Keys();
  const run = vi.fn();
  keys.add([{ keys: 'c', label: 'Cancel', run }]);
  const unblock = keys.block();
  press(keys, { key: 'c' });
  expect(run, 'the dialog has the keyboard').not.toHaveBeenCalled();
  unblock();
  press(keys, { key: 'c' });
  expect(run, 'closed, the page has it again').toHaveBeenCalledOnce();
});

test('Enter and Space belong to the link or button that has the focus', () => {
  const keys = new Keys();
  const run = vi.fn();
  keys.add([{ keys: 'Enter', label: 'Open', run }, { keys: 'Space', label: 'Pick', run }, { keys: 'j', label: 'Next', run }]);
  const inside = document.body.appendChild(document.createElement('div'));
  inside.innerHTML = '<a href="#/x"><span>x</span></a><button>x</button><details><summary>x</summary></details><i role="tab">x</i><i role="switch">x</i><i role="option">x</i>';
  for (const target of inside.querySelectorAll<HTMLElement>('span, button, summary, i')) {
    for (const key of ['Enter', ' ']) {
      expect(press(keys, { key }, target), `${target.outerHTML} must still be pressed by "${key}"`).toBe(false);
    }
  }
  expect(run, 'the page does nothing of its own').not.toHaveBeenCalled();
  expect(press(keys, { key: 'j' }, inside.querySelector('button')!), 'other keys go on working there').toBe(true);
  expect(press(keys, { key: 'Enter' }, inside), 'elsewhere Enter is the page’s').toBe(true);
  expect(run, 'once for j, once for Enter').toHaveBeenCalledTimes(2);
  inside.remove();
});
