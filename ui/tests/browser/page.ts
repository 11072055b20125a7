/** Opens the built page in the system's Chromium at the moment of the incident. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { NOW } from '../incident/clock';
import { ScriptedConsole } from './scripted-console';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CHROMIUM = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export interface Look {
  theme?: 'dark' | 'light';
  contrast?: 'more';
  width?: number;
  height?: number;
  now?: string;
}

export class Stage {
  private constructor(
    readonly console: ScriptedConsole,
    readonly origin: string,
    private readonly browser: Browser,
  ) {}

  static async open(): Promise<Stage> {
    if (CHROMIUM === undefined) throw new Error('Chromium is not installed; install it or set CHROMIUM to its path.');
    const scripted = new ScriptedConsole(DIST);
    const origin = await scripted.listen();
    return new Stage(scripted, origin, await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }));
  }

  async page(hash: string, look: Look = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
      colorScheme: look.theme ?? 'dark',
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      ...(look.contrast ? { contrast: 'more' as const } : {}),
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error('page error:', error.message));
    page.on('console', (message) => { if (message.type() === 'error') console.error('page console:', message.text()); });
    await page.clock.setFixedTime(new Date(look.now ?? NOW));
    const before = this.console.arrived;
    await page.goto(`${this.origin}/${hash}`);
    await this.console.arrival(before);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.console.close();
  }
}
