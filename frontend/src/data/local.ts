import type { SessionState } from '@/api/getSession.ts';
import { getSession } from '@/api/getSession.ts';
import { newId } from '@/api/ids.ts';
import { listChanges } from '@/api/listChanges.ts';
import { sendBatch } from '@/api/sendBatch.ts';
import { sendWrite } from '@/api/sendWrite.ts';
import type { Changes, Patch, Write } from '@/api/types.ts';
import { type Local, localUserIds, openLocal } from './db.ts';
import { clearDrafts } from './drafts.ts';
import { type Note, noteWrite, readNotes, strikeNote } from './journal.ts';
import { lead } from './leader.ts';
import {
  type Done,
  discardEntry,
  enqueueAll,
  resolveConflict,
  retryEntry,
} from './outbox.ts';
import { receiveFirst } from './replica.ts';
import { preview, showArriving } from './rowSet.ts';
import { Sync, type SyncOptions, type Wake } from './sync.ts';
import { lastAct, remember, type TakenBack, takeBack } from './undo.ts';
import { WakeUps } from './wakeUps.ts';

interface Open {
  userId: string;
  db: Local;
  wakeUps: WakeUps;
  control: AbortController;
}

/** A tab that gets to lead later than this asks who is signed in, ms. */
const VERIFIED_MS = 5000;
/** After this it is not waited for what the server has, ms. */
const FILL_MS = 3000;

let open: Open | null = null;

/** The database of whoever is signed in. */
export function local(): Local {
  if (!open) {
    throw new Error('Nobody is signed in');
  }
  return open.db;
}

/**
 * Opens a person's database and keeps it in step with the server. `isNew`:
 * nothing of theirs is here, so everything is asked for while it is made.
 */
export function openAccount(
  userId: string,
  { verified, isNew }: { verified: boolean; isNew: boolean },
  onEnded: (state: SessionState | null) => void,
): void {
  const early = isNew ? listChanges(null) : null;
  const db = openLocal(userId);
  if (early) {
    fill(db, early);
  }
  // While the page is drawn. A failure shows at what is read.
  db.open().catch(() => undefined);
  const control = new AbortController();
  const { signal } = control;
  let sync: Sync | null = null;
  const wake = (by: Wake) => sync?.wake(by);
  const wakeUps = new WakeUps(userId, wake, signal);
  const options: Omit<SyncOptions, 'verified'> = {
    userId,
    onEnded,
    pollMs: () => wakeUps.pollMs(),
    transport: { sendWrite, sendBatch, listChanges, getSession },
  };
  const opened = Date.now();
  open = { userId, db, control, wakeUps };
  const work = () => {
    const fresh = Date.now() - opened < VERIFIED_MS;
    sync = new Sync(db, { ...options, verified: verified && fresh });
    return sync.run(signal).finally(wakeUps.listen());
  };
  void lead(`steady-${userId}`, work, signal);
  void keepNotes(open);
  void trimOthers(userId);
}

/**
 * Puts the first changes of all into a database before anything is read from
 * it: everything is read, and drawn, once. The tasks show meanwhile.
 */
function fill(db: Local, early: Promise<Changes>): void {
  const filled = new Promise<void>((resolve) => {
    db.on('ready', async (opened) => {
      const late = new Promise((end) => setTimeout(end, FILL_MS));
      const received = early.then((page) =>
        receiveFirst(opened as Local, page),
      );
      // If it fails, everything is asked for by the engine.
      await Promise.race([received, late]).catch(() => undefined);
      resolve();
    });
  });
  early.then(
    ({ tasks }) => showArriving(tasks, filled),
    () => undefined,
  );
}

/** Nothing of this person stays in the browser. */
export async function eraseAccount(): Promise<void> {
  if (open) {
    open.control.abort();
    await open.db.delete();
    clearDrafts(open.userId);
    for (const { key } of readNotes(open.userId)) {
      strikeNote(open.userId, key);
    }
  }
}

/** Of other people only what has not reached the server stays. */
async function trimOthers(userId: string): Promise<void> {
  for (const other of await localUserIds()) {
    if (other === userId) {
      continue;
    }
    const db = openLocal(other);
    if ((await db.outbox.count()) === 0) {
      await db.delete();
      continue;
    }
    const waiting = new Set(await db.bases.toCollection().primaryKeys());
    await db.tasks.filter(({ id }) => !waiting.has(`task:${id}`)).delete();
    await db.lists.filter(({ id }) => !waiting.has(`list:${id}`)).delete();
    await db.meta.delete('feed');
    db.close();
  }
}

/** Shows a write, keeps it, and has it sent; it can be undone. */
export function write(wanted: Write, before?: Patch): Promise<void> {
  return writeAll([{ write: wanted, before }]);
}

/**
 * The same of several: kept together or not at all, and undone together. Names
 * each record once.
 */
export async function writeAll(
  wanted: { write: Write; before?: Patch }[],
): Promise<void> {
  if (!open) {
    throw new Error('Nobody is signed in');
  }
  const notes = wanted.map((each) => ({ key: newId(), ...each }));
  for (const note of notes) {
    noteWrite(open.userId, note);
  }
  const unsure = preview(notes.map((note) => note.write));
  const done = keep(open, notes);
  remember(done);
  done.catch(unsure);
  await done;
}

async function keep(
  { db, userId, wakeUps }: Open,
  notes: Note[],
): Promise<Done[]> {
  let done: Done[];
  try {
    done = await enqueueAll(db, notes);
  } finally {
    for (const { key } of notes) {
      strikeNote(userId, key);
    }
  }
  wakeUps.tell('push');
  return done;
}

/** What a page that went away could only note. */
async function keepNotes(account: Open): Promise<void> {
  const notes = readNotes(account.userId);
  for (const note of notes) {
    await keep(account, [note]);
  }
}

/** Takes an act back, the last one if none is named. */
export async function undo(act = lastAct()): Promise<TakenBack | null> {
  const taken = act ? await takeBack(local(), act) : null;
  open?.wakeUps.tell('push');
  return taken;
}

export async function retryWrite(seq: number): Promise<void> {
  await retryEntry(local(), seq);
  open?.wakeUps.tell('push');
}

export async function discardWrite(seq: number): Promise<void> {
  await discardEntry(local(), seq);
  open?.wakeUps.tell('push');
}

export async function decideWrite(
  seq: number,
  choice: 'mine' | 'theirs',
): Promise<void> {
  await resolveConflict(local(), seq, choice);
  open?.wakeUps.tell('push');
}

/** Tries to reach the server now. */
export function syncNow(): void {
  open?.wakeUps.tell('pull');
}
