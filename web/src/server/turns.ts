/** Lets changes wait their turn: one after the other in the order of asking, and of each key one at a time. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = new Set<string>();
  #listeners = new Set<() => void>();
  #keys: ReadonlySet<string> = new Set();

  /** The keys of what waits or is under way; another set after each change. */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Undefined, and nothing is done, when the same key waits already. */
  async take<T>(key: string, perform: () => Promise<T>): Promise<T | undefined> {
    if (this.#waiting.has(key)) return undefined;
    this.#waiting.add(key);
    this.#told();
    const turn = this.#last.then(perform, perform);
    this.#last = turn;
    try {
      return await turn;
    } finally {
      this.#waiting.delete(key);
      this.#told();
    }
  }

  #told(): void {
    this.#keys = new Set(this.#waiting);
    for (const listener of this.#listeners) listener();
  }
}
