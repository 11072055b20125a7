/** The door of the window: one Tauri command and one event channel. The only file that may know of Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { toCallError, type Command, type ReplyOf, type RequestOf } from '../rpc/call';
import type { ConsoleEvent } from '../rpc/schema';
import type { Platform } from './types';

export const platform: Platform = {
  // The window hears of banners as well, and shows them itself.
  banners: { leave: () => 'window', ask: () => Promise.resolve('window'), show: () => undefined, takeAway: () => undefined },

  async call<C extends Command>(command: C, request: RequestOf<C>): Promise<ReplyOf<C>> {
    try {
      return await invoke<ReplyOf<C>>('call', { command, request });
    } catch (reason) {
      throw toCallError(reason);
    }
  },

  subscribe(onEvent, onConnectionChange) {
    let stopped = false;
    let stop: (() => void) | undefined;
    listen<ConsoleEvent>('console', (event) => onEvent(event.payload)).then(
      (unlisten) => {
        if (stopped) unlisten();
        else {
          stop = unlisten;
          onConnectionChange('connected');
        }
      },
      () => onConnectionChange('lost'),
    );
    return () => {
      stopped = true;
      stop?.();
    };
  },
};
