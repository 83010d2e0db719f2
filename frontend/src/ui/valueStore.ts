import { useSyncExternalStore } from 'react';

/** Those who want to hear of a change. */
export class Listeners {
  private readonly all = new Set<() => void>();

  /** Until the result is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.all.add(listener);
    return () => this.all.delete(listener);
  };

  tell(): void {
    for (const listener of this.all) {
      listener();
    }
  }
}

/** A value that is drawn anew wherever it is used when it is set. */
export interface ValueStore<T> {
  get: () => T;
  set: (next: T) => void;
  subscribe: (listener: () => void) => () => void;
  use: () => T;
}

export function valueStore<T>(first: T): ValueStore<T> {
  let value = first;
  const listeners = new Listeners();
  const { subscribe } = listeners;
  const get = () => value;
  return {
    get,
    set(next) {
      value = next;
      listeners.tell();
    },
    subscribe,
    use: () => useSyncExternalStore(subscribe, get),
  };
}
