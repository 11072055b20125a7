/** Picks the door: the window's when Tauri is there, the web face's otherwise. */
import type { Platform } from './types';

export async function choosePlatform(): Promise<Platform> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).platform;
  return (await import('./web')).platform;
}
