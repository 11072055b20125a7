import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import Kbd from './Kbd.svelte';

test.each([
  ['j', 'J'],
  ['g r', 'G R'],
  ['Shift+R', 'Shift R'],
  ['Mod+k', /^(Ctrl|Cmd) K$/],
  ['Escape', 'Esc'],
])('%s is written for a person', (keys, shown) => {
  expect(render(Kbd, { keys }).container.textContent, 'bindings and caps speak differently').toMatch(shown);
});
