import { expect } from '@playwright/test';
import type { Note } from './driver.ts';

/** mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A note; a client of the API has no key. */
type Said = Pick<Note, 'write' | 'cameBack'> & Partial<Note>;

export type Stored = Record<string, unknown> & { id: string };

/** What a field was set to: all of it, and last by each actor. */
interface Writes {
  all: Set<string>;
  last: Map<string, string>;
}

const GONE = 'gone';

/** What the server says of a new task that nobody said anything else of. */
const FRESH = {
  notes: '',
  completed: false,
  list_id: null,
  priority: 'none',
  tags: [],
  due: null,
};

/**
 * What may be in the end, whoever came first: the last that one of the actors
 * wrote to a field. Not: what nobody wrote, what its own author wrote over, or
 * a record that is missing or there twice.
 */
export class World {
  readonly random: () => number;
  readonly made = new Map<string, string>();
  private readonly fields = new Map<string, Writes>();
  /** Records of which something came back: any write may be chosen. */
  private readonly decided = new Set<string>();
  /** Of each record what was written, for who looks into a failure. */
  private readonly told = new Map<string, string[]>();
  private listsGone = false;
  private count = 0;

  constructor(readonly seed: number) {
    this.random = randomOf(seed);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** A text that nobody has written before, in which no date can be read. */
  text(word: string): string {
    this.count += 1;
    return `${word} s${this.seed}q${this.count}`;
  }

  note(actor: string, note: Said): void {
    const { kind, id, op } = note.write;
    this.tell(actor, note);
    if (note.cameBack) {
      this.decided.add(id);
      return;
    }
    if (op.type === 'create') {
      this.made.set(id, kind);
      this.set(actor, id, GONE, false);
      for (const [field, value] of Object.entries(FRESH)) {
        this.writesOf(id, field).all.add(JSON.stringify(value));
      }
    }
    if (op.type === 'delete' || op.type === 'restore') {
      this.set(actor, id, GONE, op.type === 'delete');
      this.listsGone ||= kind === 'list';
    }
    for (const [field, value] of Object.entries(op.body ?? op.patch ?? {})) {
      this.set(actor, id, field, value);
    }
  }

  private tell(actor: string, { key, cameBack, write }: Said): void {
    const { id, op } = write;
    const words = [
      ...[actor, cameBack && 'got back', op.type],
      ...[JSON.stringify(op.body ?? op.patch), key && `(${key})`],
    ];
    const before = this.told.get(id) ?? [];
    this.told.set(id, [...before, words.filter(Boolean).join(' ')]);
  }

  get decisions(): number {
    return this.decided.size;
  }

  private set(actor: string, id: string, field: string, value: unknown) {
    const text = JSON.stringify(value);
    const writes = this.writesOf(id, field);
    writes.all.add(text);
    writes.last.set(actor, text);
  }

  private writesOf(id: string, field: string): Writes {
    const name = `${id} ${field}`;
    const known = this.fields.get(name);
    const writes = known ?? { all: new Set(), last: new Map() };
    this.fields.set(name, writes);
    return writes;
  }

  /** Nothing lost, nothing doubled, nothing made up. */
  check(records: Stored[]): void {
    const ids = records.map(({ id }) => id);
    const lost = [...this.made.keys()].filter(
      (id) => !ids.includes(id) && !this.decided.has(id),
    );
    expect(lost).toEqual([]);
    expect(ids.filter((id) => !this.made.has(id))).toEqual([]);
    const titles = records.flatMap(({ title }) => title ?? []);
    expect(new Set(titles).size).toBe(titles.length);
    const wrong = records.flatMap((record) => this.wrongIn(record));
    expect(wrong).toEqual([]);
  }

  private wrongIn(record: Stored): string[] {
    const now: Record<string, unknown> = {
      ...record,
      [GONE]: record.deleted_at !== null,
    };
    return Object.keys(now).flatMap((field) => {
      const writes = this.fields.get(`${record.id} ${field}`);
      if (!writes?.last.size || this.isFree(record, field)) {
        return [];
      }
      const allowed = this.decided.has(record.id)
        ? writes.all
        : new Set(writes.last.values());
      const text = JSON.stringify(now[field]);
      const wrong = `${record.id} ${field}: ${text}, not ${[...allowed]}`;
      const told = this.told.get(record.id) ?? [];
      return allowed.has(text) ? [] : [[wrong, ...told].join('\n  ')];
    });
  }

  /** A list that goes takes its tasks with it, and may lose those it had. */
  private isFree({ name }: Stored, field: string): boolean {
    const isTask = name === undefined;
    return isTask && this.listsGone && [GONE, 'list_id'].includes(field);
  }
}
