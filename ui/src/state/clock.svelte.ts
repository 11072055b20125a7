/** One ticking `now` for the whole page, so that every age on it agrees. */
export class Clock {
  /** Milliseconds since the epoch, once a second. */
  now = $state(0);
  #read: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(read: () => number = Date.now) {
    this.#read = read;
    this.now = read();
  }

  start(): () => void {
    this.#timer ??= setInterval(() => (this.now = this.#read()), 1_000);
    return () => {
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}
