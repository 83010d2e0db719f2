import { useSyncExternalStore } from 'react';

/** What is asked about some tasks, in a dialog. */
export interface Prompt {
  what: 'due' | 'list' | 'tags';
  ids: readonly string[];
}

let prompt: Prompt | null = null;
const listeners = new Set<() => void>();

export function ask(next: Prompt | null): void {
  prompt = next;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePrompt(): Prompt | null {
  return useSyncExternalStore(subscribe, () => prompt);
}
