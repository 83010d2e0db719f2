import type { Patch, Write } from '@/api/types.ts';

/*
 * IndexedDB takes a moment, and a tab may be closed in it. So each write is
 * noted here first, which takes none, and struck out once the outbox has it.
 */
export interface Note {
  /** The Idempotency-Key: what is noted twice is done once. */
  key: string;
  write: Write;
  before?: Patch;
}

const PREFIX = 'steady.write.';

export function noteWrite(userId: string, note: Note): void {
  try {
    localStorage.setItem(
      `${PREFIX}${userId}.${note.key}`,
      JSON.stringify(note),
    );
  } catch {
    // Full or forbidden: it is as safe as IndexedDB makes it.
  }
}

export function strikeNote(userId: string, key: string): void {
  localStorage.removeItem(`${PREFIX}${userId}.${key}`);
}

/** What was noted and never struck out, in the order of time. */
export function readNotes(userId: string): Note[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(`${PREFIX}${userId}.`))
    .sort()
    .map((name) => JSON.parse(localStorage.getItem(name) ?? 'null') as Note);
}
