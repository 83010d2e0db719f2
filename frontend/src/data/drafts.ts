import { Listeners } from '@/ui/valueStore.ts';
import { readAccount } from './account.ts';

/**
 * Text that is being typed and is in no outbox yet, kept at each keystroke. It
 * survives a reload, a crash and an ended session, and goes once it is saved,
 * reverted or its owner signs out.
 */
export interface Draft {
  text: string;
  /** What the field said when the typing began. */
  base: string;
}

/** The task that is being added. */
export const NEW_TASK = 'new';

const PREFIX = 'steady.draft.';

const listeners = new Listeners();

function nameOf(key: string): string {
  return `${PREFIX}${readAccount()?.userId ?? ''}.${key}`;
}

export const subscribeDrafts = listeners.subscribe;

export function draftKey(
  taskId: string,
  field: 'title' | 'notes' | 'subtask',
): string {
  return `${taskId}.${field}`;
}

export function hasDraft(key: string): boolean {
  return localStorage.getItem(nameOf(key)) !== null;
}

export function readDraft(key: string): Draft | null {
  try {
    const stored = localStorage.getItem(nameOf(key));
    return stored === null ? null : (JSON.parse(stored) as Draft);
  } catch {
    return null;
  }
}

export function writeDraft(key: string, draft: Draft): void {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify(draft));
  } catch {
    // The storage is full or forbidden: the text is still in its field.
  }
  listeners.tell();
}

/** Adds to what is typed for a new task; told twice it is there once. */
export function draftTask(line: string): void {
  const typed = readDraft(NEW_TASK)?.text ?? '';
  if (line !== '' && !typed.includes(line)) {
    const text = typed === '' ? line : `${typed} ${line}`;
    writeDraft(NEW_TASK, { text, base: '' });
  }
}

export function dropDraft(key: string): void {
  localStorage.removeItem(nameOf(key));
  listeners.tell();
}

export function clearDrafts(userId: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`${PREFIX}${userId}.`)) {
      localStorage.removeItem(key);
    }
  }
  listeners.tell();
}
