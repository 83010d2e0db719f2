import Dexie, { type ObservabilitySet, RangeSet } from 'dexie';
import type { Task, Write } from '@/api/types.ts';
import { belongs } from '@/model/view.ts';
import { keyOf, type Local, type TaskRow, toTaskRow } from './db.ts';
import { type Range, readFirst, readRange, viewOf } from './ranges.ts';
import { applyEntry } from './rebase.ts';

export interface Rows {
  /** Of the range, and those that have left it since; in no order. */
  tasks: readonly TaskRow[];
  /** False while more than the first of them is still being read. */
  complete: boolean;
}

/** Whose screen is drawn now. */
const shown = new Set<RowSet>();
/** What is on its way into a database that nothing can be read from yet. */
let arriving: readonly Task[] = [];

/**
 * The tasks of one view, in memory: read once, the first of them first, and
 * from then on only what changes is read, whichever tab has changed it.
 */
export class RowSet {
  private readonly db: Local;
  private readonly range: Range;
  private readonly today: string;
  private readonly name: string;
  private readonly rows = new Map<string, TaskRow>();
  private readonly listeners = new Set<() => void>();
  private readonly part: string;
  private snapshot: Rows | undefined;
  private complete = false;
  /** What must be read again. */
  private stale: Set<string> | 'all' = 'all';
  private isReading = false;

  private constructor(db: Local, range: Range, today: string, name: string) {
    this.db = db;
    this.range = range;
    this.today = today;
    this.name = name;
    this.part = `idb://${db.name}/tasks/`;
  }

  /** The same one for all that draw it. */
  static of(db: Local, range: Range, today: string): RowSet {
    const name = JSON.stringify([db.name, range, today]);
    const found = [...shown].find((set) => set.name === name);
    return found ?? new RowSet(db, range, today, name);
  }

  readonly get = (): Rows | undefined => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) {
      shown.add(this);
      Dexie.on('storagemutated', this.onChange);
      // What has changed while nobody listened is not known.
      this.stale = 'all';
      this.showArriving();
      void this.read();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        shown.delete(this);
        Dexie.on.storagemutated.unsubscribe(this.onChange);
      }
    };
  };

  /** Shows writes that are on their way into the database. */
  preview(writes: Write[], at: string): void {
    let isOther = false;
    for (const write of writes) {
      const before = this.rows.get(write.id);
      if (write.kind === 'task' && (before || write.op.type === 'create')) {
        const key = keyOf(write.kind, write.id);
        const next = applyEntry(before ?? null, { ...write, at }, key);
        const row = next && toTaskRow(next as TaskRow, before?.parked);
        isOther = this.take(write.id, row ?? undefined) || isOther;
      }
    }
    if (isOther && this.snapshot) {
      this.publish();
    }
  }

  showArriving(): void {
    if (this.snapshot === undefined && arriving.length > 0) {
      for (const task of arriving) {
        this.take(task.id, toTaskRow(task));
      }
      this.publish();
    }
  }

  refresh(ids: string[]): void {
    if (this.stale !== 'all') {
      for (const id of ids) {
        this.stale.add(id);
      }
    }
    void this.read();
  }

  private readonly onChange = (parts: ObservabilitySet): void => {
    const part = parts[this.part];
    if (part) {
      const ids = idsOf(part);
      if (ids === null) {
        this.stale = 'all';
      }
      this.refresh(ids ?? []);
    }
  };

  /** One reading at a time, until nothing is stale. */
  private async read(): Promise<void> {
    if (this.isReading) {
      return;
    }
    this.isReading = true;
    try {
      while (shown.has(this) && (this.stale === 'all' || this.stale.size > 0)) {
        const { stale } = this;
        this.stale = new Set();
        if (stale === 'all') {
          await this.readAll();
        } else {
          await this.readSome([...stale]);
        }
        this.publish();
      }
    } catch (error) {
      // Of who signs out the database goes first.
      if (this.db.isOpen()) {
        reportError(error);
      }
    } finally {
      this.isReading = false;
    }
  }

  private async readAll(): Promise<void> {
    const start = performance.now();
    if (this.rows.size === 0) {
      for (const row of await readFirst(this.db, this.range, this.today)) {
        this.rows.set(row.id, row);
      }
      if (this.rows.size > 0) {
        this.publish();
      }
    }
    const all = await readRange(this.db, this.range, this.today);
    const ids = new Set(all.map(({ id }) => id));
    const left = [...this.rows.keys()].filter((id) => !ids.has(id));
    for (const row of all) {
      this.rows.set(row.id, row);
    }
    this.complete = true;
    await this.readSome(left);
    this.publish();
    // Everything comes in many pieces: between them the page stays usable.
    await pause(performance.now() - start);
  }

  private async readSome(ids: string[]): Promise<void> {
    const rows = await this.db.tasks.bulkGet(ids);
    for (const [index, id] of ids.entries()) {
      this.take(id, rows[index]);
    }
  }

  /** Whether that makes a difference. Who leaves the view is kept. */
  private take(id: string, row: TaskRow | undefined): boolean {
    if (row && (this.rows.has(id) || this.isIn(row))) {
      this.rows.set(id, row);
      return true;
    }
    return this.rows.delete(id);
  }

  private isIn(row: TaskRow): boolean {
    return belongs(viewOf(this.range), row, this.today);
  }

  private publish(): void {
    this.snapshot = {
      tasks: [...this.rows.values()],
      complete: this.complete,
    };
    for (const listener of this.listeners) {
      listener();
    }
  }
}

/** Shows writes at once. Returns what shows them as they are stored. */
export function preview(writes: Write[]): () => void {
  const at = new Date().toISOString();
  for (const set of shown) {
    set.preview(writes, at);
  }
  return () => {
    for (const set of shown) {
      set.refresh(writes.map(({ id }) => id));
    }
  };
}

/**
 * Shows the tasks that a new database is filled with, until `filled`. Nothing
 * is read from it before.
 */
export async function showArriving(
  tasks: readonly Task[],
  filled: Promise<unknown>,
): Promise<void> {
  arriving = tasks;
  for (const set of shown) {
    set.showArriving();
  }
  await filled;
  arriving = [];
}

/** The keys that a change names; null: it may be any. */
function idsOf(part: ObservabilitySet[string]): string[] | null {
  const ids: string[] = [];
  for (const { from, to } of RangeSet(part)) {
    if (from !== to || typeof from !== 'string') {
      return null;
    }
    ids.push(from);
  }
  return ids;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
