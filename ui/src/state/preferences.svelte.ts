/** What this person likes: kept by the console under these names, the same in every face. */
import type { Call } from '../rpc/call';
import type { JsonValue, Preferences as Kept } from '../rpc/schema';
import type { TimeZoneChoice } from './time-format';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type ContrastChoice = 'system' | 'more';

const oneOf = <T extends string>(value: JsonValue | undefined, allowed: readonly T[], otherwise: T): T =>
  allowed.find((choice) => choice === value) ?? otherwise;

export class Preferences {
  #kept = $state.raw<Kept>({});
  #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  readonly theme = $derived<ThemeChoice>(oneOf(this.#kept['theme'], ['system', 'light', 'dark'], 'system'));
  readonly contrast = $derived<ContrastChoice>(oneOf(this.#kept['contrast'], ['system', 'more'], 'system'));
  readonly timeZone = $derived<TimeZoneChoice>(oneOf(this.#kept['time_zone'], ['utc', 'local', 'relative'], 'utc'));

  /** Any other preference, e.g. `runs.columns`. */
  get(key: string): JsonValue | undefined {
    return this.#kept[key];
  }

  /** Reads them all. A console that cannot be asked leaves what was there: preferences never stop a page. */
  async load(): Promise<void> {
    try {
      this.#kept = await this.#call('preferences.get', null);
    } catch {
      return;
    }
  }

  /** Shown at once, because a preference is the reader's own; undone when the console refuses to keep it. */
  async set(key: string, value: JsonValue): Promise<void> {
    const before = this.#kept;
    this.#kept = { ...before, [key]: value };
    try {
      this.#kept = await this.#call('preferences.set', { key, value });
    } catch (reason) {
      this.#kept = before;
      throw reason;
    }
  }
}

/** Puts theme and contrast on the root element and follows the system where that is the choice. Call inside an effect root. */
export function followTheme(preferences: Preferences, root: HTMLElement): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  const more = matchMedia('(prefers-contrast: more)');
  let system = $state.raw({ light: light.matches, more: more.matches });
  $effect(() => {
    const read = () => (system = { light: light.matches, more: more.matches });
    light.addEventListener('change', read);
    more.addEventListener('change', read);
    return () => {
      light.removeEventListener('change', read);
      more.removeEventListener('change', read);
    };
  });
  $effect(() => {
    const { theme, contrast } = preferences;
    root.dataset['theme'] = theme === 'system' ? (system.light ? 'light' : 'dark') : theme;
    if (contrast === 'more' || system.more) root.dataset['contrast'] = 'more';
    else delete root.dataset['contrast'];
  });
}
