/**
 * Text that was typed and is not stored by the server yet. It survives a
 * reload, a crash and an ended session, and goes once it is saved, reverted
 * or its owner signs out.
 */
const PREFIX = 'steady.draft.';

const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) {
    listener();
  }
}

export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function draftKey(taskId: string, field: 'title' | 'notes'): string {
  return `${taskId}.${field}`;
}

export function readDraft(key: string): string | null {
  return localStorage.getItem(PREFIX + key);
}

export function writeDraft(key: string, text: string): void {
  try {
    localStorage.setItem(PREFIX + key, text);
  } catch {
    // The storage is full or forbidden: the text is still in its field.
  }
  changed();
}

export function dropDraft(key: string): void {
  localStorage.removeItem(PREFIX + key);
  changed();
}

export function clearDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) {
      localStorage.removeItem(key);
    }
  }
  changed();
}
