import { useSyncExternalStore } from 'react';
import { Listeners } from './valueStore.ts';

/**
 * Whether letters, digits and signs alone are shortcuts. Speech input types
 * them by mistake: WCAG 2.1.4 wants a way to turn them off.
 */
const KEY = 'steady.singleKeys';

const listeners = new Listeners();

export function hasSingleKeys(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function setSingleKeys(on: boolean): void {
  if (on) {
    localStorage.removeItem(KEY);
  } else {
    localStorage.setItem(KEY, 'off');
  }
  listeners.tell();
}

function subscribe(listener: () => void): () => void {
  const unsubscribe = listeners.subscribe(listener);
  window.addEventListener('storage', listener);
  return () => {
    unsubscribe();
    window.removeEventListener('storage', listener);
  };
}

/** Of this device; its label is the text `help.singleKeys`. */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, hasSingleKeys), setSingleKeys];
}
