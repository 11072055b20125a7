/** A real house: a data directory, the executable that serves it, and a browser that is let in. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EXECUTABLE = process.env['BREAKWATER_BIN'] ?? join(ROOT, 'target/debug/breakwater');
const CHROMIUM = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const PICTURES = join(ROOT, 'target/browser');
const START_LIMIT_MS = 30_000;
/** The user of the operating system, as every process of a house knows itself. */
export const USER = 'harbourmaster';

const environment = (data: string): NodeJS.ProcessEnv => ({ ...process.env, HOME: data, USER, DISPLAY: '', DBUS_SESSION_BUS_ADDRESS: '' });

function started(arguments_: readonly string[], data: string, pattern: RegExp): Promise<{ child: ChildProcess; found: string }> {
  const child = spawn(EXECUTABLE, [...arguments_, '--data-dir', data], { stdio: ['ignore', 'pipe', 'inherit'], env: environment(data) });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${arguments_.join(' ')} did not say where it is`)), START_LIMIT_MS);
    child.once('error', reject);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = pattern.exec(line)?.[0];
      if (found === undefined) return;
      clearTimeout(limit);
      resolve({ child, found });
    });
  });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return exit;
}

export interface Look {
  theme?: 'dark' | 'light';
  contrast?: 'more';
  width?: number;
  height?: number;
}

export class House {
  /** What pages threw and nobody caught. */
  private readonly thrown: string[] = [];

  private constructor(
    readonly data: string,
    private readonly plane: ChildProcess | null,
    /** Where others reach its control plane, where that is a process of its own. */
    readonly planeAddress: string,
    private readonly server: ChildProcess,
    private readonly address: string,
    private readonly browser: Browser,
    private context: BrowserContext | undefined,
  ) {}

  /** `plane` says who runs the built-in control plane: a process of its own that also listens on TCP, or the server of the page. */
  static async open(plane: 'apart' | 'within' = 'apart'): Promise<House> {
    if (CHROMIUM === undefined) throw new Error('Chromium is not installed; install it or set CHROMIUM to its path.');
    const data = mkdtempSync(join(tmpdir(), 'breakwater-e2e-'));
    const apart = plane === 'apart' ? await started(['plane', '--listen', '127.0.0.1:0'], data, /http:\/\/127\.0\.0\.1:\d+/) : null;
    const server = await started(['serve', '--listen', '127.0.0.1:0'], data, /http:\/\/\S+token=\S+/);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-background-networking'] });
    return new House(data, apart?.child ?? null, apart?.found ?? '', server.child, server.found, browser, undefined);
  }

  /** A page that is signed in. The first one uses up the one-time token; those after it bring its session along. */
  async page(look: Look = {}): Promise<Page> {
    const session = await this.context?.storageState();
    const context = await this.browser.newContext({
      viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
      colorScheme: look.theme ?? 'dark',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...(look.contrast ? { contrast: look.contrast } : {}),
      ...(session ? { storageState: session } : {}),
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.thrown.push(`${page.url()}: ${error.message}`));
    await page.goto(this.context ? new URL('/', this.address).href : this.address);
    this.context ??= context;
    return page;
  }

  /** What the terminal of this house answers. Fails where the exit code is not 0. */
  async terminal(...words: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(EXECUTABLE, [...words, '--data-dir', this.data], { env: environment(this.data) });
    return stdout;
  }

  /** Stops the control plane as an init system would; the server of the page goes on. */
  async stopPlane(): Promise<void> {
    expect(this.plane && (await ended(this.plane)), 'SIGTERM ends the plane in good order').toBe(0);
  }

  /** The control plane dies without a word. */
  async killPlane(): Promise<void> {
    const exit = new Promise<void>((resolve) => this.plane?.once('exit', () => resolve()));
    this.plane?.kill('SIGKILL');
    await exit;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await ended(this.server);
    if (this.plane) await ended(this.plane);
    rmSync(this.data, { recursive: true, force: true });
    expect(this.thrown, 'no page threw').toEqual([]);
  }
}

/** No rule of axe is broken on what the page shows now, and a picture of it is kept. */
export async function accessible(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] });
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
  expect(violations, `axe finds nothing on ${name}`).toEqual([]);
}
