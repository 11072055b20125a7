import { afterEach, expect, test, vi } from 'vitest';
import { banners } from './banners';

class Shown {
  static permission: NotificationPermission = 'default';
  static all: Shown[] = [];
  static asked = 0;
  onclick: () => void = () => undefined;
  onclose: () => void = () => undefined;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    Shown.all.push(this);
  }
  static requestPermission(): Promise<NotificationPermission> {
    Shown.asked += 1;
    Shown.permission = 'granted';
    return Promise.resolve('granted');
  }
  close(): void {
    this.closed = true;
  }
}

afterEach(() => vi.unstubAllGlobals());

const banner = { cause: 'a', title: 'Failed: a', text: 'It failed.', route: '#/runs', sound: false };

test('nothing is asked before somebody presses the button, and nothing shown without leave', async () => {
  vi.stubGlobal('Notification', Shown);
  banners.show(banner, () => undefined);
  expect([Shown.asked, Shown.all.length], 'neither asked nor shown').toEqual([0, 0]);
  expect(await banners.ask()).toBe('granted');
  const click = vi.fn();
  banners.show(banner, click);
  expect(Shown.all[0]?.options, 'by its cause, and silent').toEqual({ body: 'It failed.', tag: 'a', silent: true });
  Shown.all[0]?.onclick();
  expect(click, 'a click leads on').toHaveBeenCalledOnce();
  banners.show(banner, click);
  banners.takeAway('a');
  expect(Shown.all[1]?.closed, 'what is over is taken away').toBe(true);
  Shown.permission = 'denied';
  expect(await banners.ask(), 'who has refused is not asked again').toBe('denied');
  expect(Shown.asked).toBe(1);
});

test('a browser without banners is no fault', () => {
  vi.stubGlobal('Notification', undefined);
  Reflect.deleteProperty(globalThis, 'Notification');
  expect(banners.leave()).toBe('impossible');
  banners.show(banner, () => undefined);
});
