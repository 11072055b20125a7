/** Banners of the browser, for the web face. Nothing is asked of anybody before somebody presses the button for it. */
import type { Banner } from '../rpc/schema';
import type { BannerDoor, Leave } from './types';

/** Those that are shown, by their cause. */
const shown = new Map<string, Notification>();

const leave = (): Leave => {
  if (!('Notification' in globalThis)) return 'impossible';
  return Notification.permission === 'default' ? 'undecided' : Notification.permission;
};

export const banners: BannerDoor = {
  leave,

  async ask() {
    if (leave() === 'undecided') await Notification.requestPermission();
    return leave();
  },

  show({ cause, title, text, sound }: Banner, onclick) {
    if (leave() !== 'granted') return;
    let banner: Notification;
    try {
      // Several tabs show one banner of a cause, and a newer one takes its place.
      banner = new Notification(title, { body: text, tag: cause, silent: !sound });
    } catch {
      // Some browsers say that they may, and then only let a service worker do it.
      return;
    }
    banner.onclick = () => {
      window.focus();
      banner.close();
      onclick();
    };
    banner.onclose = () => {
      if (shown.get(cause) === banner) shown.delete(cause);
    };
    shown.set(cause, banner);
  },

  takeAway(cause) {
    shown.get(cause)?.close();
    shown.delete(cause);
  },
};
