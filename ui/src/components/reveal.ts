/** Brings what was chosen by a key into sight, and takes the focus along for those who have it in the same list. */
import { tick } from 'svelte';

export async function reveal(id: string, list: Element | undefined): Promise<void> {
  await tick();
  const chosen = document.getElementById(id);
  chosen?.scrollIntoView({ block: 'nearest' });
  if (list?.contains(document.activeElement)) chosen?.focus({ preventScroll: true });
}
