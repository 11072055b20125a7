/**
 * The keyboard: views add bindings while they are on screen, the newest binding of a key wins, and the key sheet reads
 * the same list. A bare letter never acts by itself: it moves, opens or asks.
 */
export interface Binding {
  /** `j`, `Enter`, `Shift+R`, `Mod+k` (Ctrl or Cmd), or a sequence such as `g r`. */
  keys: string;
  /** What it does, for the key sheet. */
  label: string;
  /** Where it is listed in the key sheet. */
  group?: string;
  /** Also while typing in a field; only sensible with Mod. */
  whileTyping?: boolean;
  run: (event: KeyboardEvent) => void;
}

/** The longest pause between the keys of a sequence, in milliseconds. */
const SEQUENCE_MS = 900;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

/** What Enter or Space presses by itself; tabs, switches and options have their own use for both. */
const PRESSABLE = 'a[href], button, summary, [role=tab], [role=switch], [role=option]';

/** Whether the key already does something where the focus is, so that the page must leave it alone. */
function presses(event: KeyboardEvent): boolean {
  return (event.key === 'Enter' || event.key === ' ') && event.target instanceof Element && event.target.closest(PRESSABLE) !== null;
}

/** The key as bindings write it. */
export function keyName(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const letter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const shift = event.shiftKey && (letter || event.key.length > 1) ? 'Shift+' : '';
  const name = letter ? (shift ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key;
  return `${mod}${shift}${name === ' ' ? 'Space' : name}`;
}

export class Keys {
  #layers = $state.raw<readonly (readonly Binding[])[]>([]);
  #prefix = '';
  #prefixAt = 0;
  /** Open dialogs; while there are any, the keys of the page behind are off. Nobody draws it, so it is no state. */
  #dialogs = 0;

  /** Everything that a key does right now, each key once. */
  readonly active = $derived.by(() => {
    const seen = new Map<string, Binding>();
    for (const layer of this.#layers) for (const binding of layer) seen.set(binding.keys, binding);
    return [...seen.values()];
  });

  add(bindings: readonly Binding[]): () => void {
    this.#layers = [...this.#layers, bindings];
    return () => (this.#layers = this.#layers.filter((layer) => layer !== bindings));
  }

  /** Turns page keys off until the result is called. */
  block(): () => void {
    this.#dialogs += 1;
    return () => (this.#dialogs -= 1);
  }

  #find(name: string): Binding | undefined {
    return this.active.find((binding) => binding.keys === name);
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || this.#dialogs > 0) return;
    const mod = event.ctrlKey || event.metaKey;
    if (!mod && presses(event)) return;
    const name = keyName(event);
    const fresh = event.timeStamp - this.#prefixAt < SEQUENCE_MS;
    const sequence = this.#prefix && fresh ? `${this.#prefix} ${name}` : '';
    this.#prefix = '';
    const binding = (sequence && this.#find(sequence)) || this.#find(name);
    if (binding && (binding.whileTyping || !isTyping(event.target))) {
      event.preventDefault();
      binding.run(event);
      return;
    }
    const opens = !isTyping(event.target) && this.active.some((known) => known.keys.startsWith(`${name} `));
    if (opens) {
      this.#prefix = name;
      this.#prefixAt = event.timeStamp;
    }
  }
}
