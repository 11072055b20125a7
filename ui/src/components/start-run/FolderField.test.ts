import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { ScriptedPlatform } from '../../../tests/scripted-platform';
import { fixedSession } from '../../../tests/session';
import type { Template } from '../../rpc/schema';
import TemplateForm from './TemplateForm.svelte';

const template: Template = { id: 'verify', title: 'Verify', summary: '', fields: [{ name: 'folder', label: 'Folder', kind: 'folder', default: null }] };

async function open(values: Record<string, string>) {
  const { context } = fixedSession(new ScriptedPlatform({ 'folders.list': () => [{ path: '/home/mira/harbor', is_repository: true }] }));
  const onchange = vi.fn();
  const shown = render(TemplateForm, { props: { template, values, onchange }, context });
  const field = screen.getByRole('combobox', { name: 'Folder' });
  await fireEvent.focus(field);
  await screen.findByRole('option', { name: /harbor/ });
  const list = () => field.getAttribute('aria-expanded');
  return { ...shown, field, list };
}

test('the list of folders closes once the plan can be started, and opens again when asked', async () => {
  const { rerender, field, list } = await open({ folder: '/home/mira/harbor' });
  expect(list(), 'while it is being chosen').toBe('true');
  await rerender({ settled: { valid: true, faults: [], plan: null, layers: [] } });
  expect(list(), 'the preview needs the room').toBe('false');
  await fireEvent.click(field);
  await vi.waitFor(() => expect(list(), 'a click asks for it').toBe('true'));
});

test('what must be filled in is said only while it is empty', async () => {
  const { rerender } = await open({});
  expect(screen.queryByText('Must be filled in'), 'empty').not.toBeNull();
  await rerender({ values: { folder: '/home/mira/harbor' } });
  expect(screen.queryByText('Must be filled in'), 'filled in').toBeNull();
});
