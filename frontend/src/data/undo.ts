import type { AnyRecord } from '@/api/types.ts';
import { keyOf, type Local } from './db.ts';
import { inTurn } from './inTurn.ts';
import { inverseOf } from './inverse.ts';
import { type Done, enqueueAll } from './outbox.ts';
import { inTransaction, shownRecords } from './redraw.ts';

/** What was done at once in this tab and can be taken back at once. */
export interface Act {
  done: Promise<Done[]>;
}

export interface TakenBack {
  /** What was taken back, as it is now. */
  done: { write: Done['write']; record: AnyRecord | undefined }[];
  /** How many records were changed meanwhile and keep that. */
  left: number;
}

const MAX_ACTS = 100;

/** The latest is the last. */
const acts: Act[] = [];

/** Called in the moment of the act: it can be taken back from then on. */
export function remember(done: Promise<Done[]>): void {
  const act = { done };
  acts.push(act);
  if (acts.length > MAX_ACTS) {
    acts.shift();
  }
  // What could not be kept was not done.
  done.catch(() => forget(act));
}

export function lastAct(): Act | undefined {
  return acts.at(-1);
}

/** False: it was taken back already. */
function forget(act: Act): boolean {
  const index = acts.indexOf(act);
  if (index >= 0) {
    acts.splice(index, 1);
  }
  return index >= 0;
}

/** The latest is back before the one before it is looked at. */
const queue = inTurn();

/** Takes an act back, once; null: there was nothing to take back. */
export async function takeBack(db: Local, act: Act): Promise<TakenBack | null> {
  return forget(act) ? queue(() => takeBackNow(db, act)) : null;
}

async function takeBackNow(db: Local, act: Act): Promise<TakenBack> {
  const done = await act.done;
  return inTransaction(db, async () => {
    const keyOfDone = ({ write }: Done) => keyOf(write.kind, write.id);
    const now = await shownRecords(db, done.map(keyOfDone));
    const inverses = done.map((each) =>
      inverseOf(each, now.get(keyOfDone(each))),
    );
    const back = inverses.flatMap(({ write }) => (write ? [{ write }] : []));
    await enqueueAll(db, back);
    return {
      done: done
        .filter((_, index) => inverses[index]?.write)
        .map((each) => ({
          write: each.write,
          record: now.get(keyOfDone(each)),
        })),
      left: inverses.filter(({ left }) => left).length,
    };
  });
}
