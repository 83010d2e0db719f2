import Dexie, { type Collection } from 'dexie';
import { daysFrom } from '@/model/dates.ts';
import { belongs, type View } from '@/model/view.ts';
import { INBOX, type Local, type TaskRow } from './db.ts';

/** What a view is read from; searches read everything. */
export type Range = Exclude<View, { kind: 'search' }> | { kind: 'search' };

/** More than a screen has. */
const FIRST = 30;
/** So many at a time: the page must answer in between. */
const PIECE = 2000;

export function rangeOf(view: View): Range {
  return view.kind === 'search' ? { kind: 'search' } : view;
}

export function viewOf(range: Range): View {
  return range.kind === 'search' ? { ...range, query: '' } : range;
}

/** About the first tasks that the view shows. */
export async function readFirst(
  db: Local,
  range: Range,
  today: string,
): Promise<TaskRow[]> {
  // Those that a search finds may be anywhere.
  const limit = range.kind === 'search' ? 0 : FIRST;
  const rows = await collection(db, range, today).limit(limit).toArray();
  return rows.filter((row) => belongs(viewOf(range), row, today));
}

/** All of them, in no order. */
export async function readRange(
  db: Local,
  range: Range,
  today: string,
): Promise<TaskRow[]> {
  const place = placeOf(range);
  const rows =
    place === null
      ? await collection(db, range, today).toArray()
      : await readPlace(db, place);
  return rows.filter((row) => belongs(viewOf(range), row, today));
}

export async function countRange(
  db: Local,
  range: Range,
  today: string,
): Promise<number> {
  const isNarrower = range.kind === 'today' || range.kind === 'upcoming';
  return isNarrower
    ? (await readRange(db, range, today)).length
    : collection(db, range, today).count();
}

/** A range of one index that has all tasks of a view. */
function collection(
  db: Local,
  range: Range,
  today: string,
): Collection<TaskRow, string> {
  switch (range.kind) {
    case 'inbox':
      return inPlace(db, INBOX);
    case 'list':
      return inPlace(db, range.listId);
    // The clocks of two zones are up to 26 hours apart.
    case 'today':
      return db.tasks.where('due_date').belowOrEqual(daysFrom(today, 2));
    case 'upcoming':
      return db.tasks.where('due_date').aboveOrEqual(daysFrom(today, -1));
    case 'tag':
      return db.tasks.where('open_tags').equals(range.tag);
    case 'completed':
      return db.tasks.where('done_at').above('').reverse();
    case 'trash':
      return db.tasks.where('gone_at').above('').reverse();
    case 'search':
      return db.tasks.toCollection();
  }
}

function placeOf(range: Range): string | null {
  if (range.kind === 'list') {
    return range.listId;
  }
  return range.kind === 'inbox' ? INBOX : null;
}

function inPlace(
  db: Local,
  place: string,
  after?: TaskRow,
): Collection<TaskRow, string> {
  const start = after ? [place, after.order, after.id] : [place];
  const end = [place, Dexie.maxKey];
  return db.tasks
    .where('[place+order+id]')
    .between(start, end, after === undefined);
}

async function readPlace(db: Local, place: string): Promise<TaskRow[]> {
  const all: TaskRow[] = [];
  let piece: TaskRow[];
  do {
    piece = await inPlace(db, place, all.at(-1)).limit(PIECE).toArray();
    all.push(...piece);
  } while (piece.length === PIECE);
  return all;
}
