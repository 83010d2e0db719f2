import { addDays, format } from 'date-fns';
import type { Due, Priority, Task } from '@/api/types.ts';
import { findDay, findMoment } from './quickAddDates.ts';
import {
  findLists,
  findPriorities,
  findTags,
  type Named,
} from './quickAddMarks.ts';
import { findRule } from './quickAddRule.ts';
import { keepLiterals, Line, type Span } from './quickAddText.ts';
import { findTime, findVagueTime } from './quickAddTime.ts';
import { firstDay, type Rule, toRrule } from './recurrence.ts';

/** Words of the line that say something about the task. */
export type Chip = Span &
  (
    | { kind: 'day'; day: string; time: string | null }
    | { kind: 'time'; time: string }
    | { kind: 'rule'; rule: Rule; from: 'due' | 'completion' }
    | { kind: 'tag'; tag: string }
    | { kind: 'priority'; priority: Priority }
    | { kind: 'list'; list: Named }
  );

export interface Context {
  now: Date;
  /** The day that the view gives to its tasks. */
  day: string | null;
  lists: readonly Named[];
  tags: readonly string[];
  /** Texts that were chips, in small letters, and shall stay words. */
  rejected: readonly string[];
}

export interface Parsed {
  title: string;
  chips: Chip[];
  due: Due | null;
  recurrence: Task['recurrence'];
  tags: string[];
  priority: Priority | null;
  list: Named | null;
}

/** The server's limit. */
const TAGS_MAX = 50;

/** Reads a line as a task. Pure but for the zone, which is the system's. */
export function parseQuickAdd(text: string, context: Context): Parsed {
  const line = new Line(text);
  keepLiterals(line, context.rejected);
  const chips: Chip[] = [];
  const take = (chip: Chip | null) => {
    if (chip) {
      line.take(chip);
      chips.push(chip);
    }
  };
  for (const found of findTags(line, context.tags).slice(0, TAGS_MAX)) {
    take({ kind: 'tag', ...found });
  }
  take(last(findPriorities(line), 'priority'));
  take(last(findLists(line, context.lists), 'list'));
  takeMoments(line, context.now, take);
  chips.sort((a, b) => a.start - b.start);
  return {
    title: titleOf(text, chips),
    chips,
    ...momentOf(chips, context),
    tags: [...new Set(chips.flatMap((c) => (c.kind === 'tag' ? c.tag : [])))],
    priority: pick(chips, 'priority')?.priority ?? null,
    list: pick(chips, 'list')?.list ?? null,
  };
}

function last<K extends Chip['kind'], T>(
  found: T[],
  kind: K,
): (T & { kind: K }) | null {
  const one = found.at(-1);
  return one ? { kind, ...one } : null;
}

function pick<K extends Chip['kind']>(chips: Chip[], kind: K) {
  return chips.find((chip): chip is Chip & { kind: K } => chip.kind === kind);
}

const UNTIL = '(?<lead>(?:until|till)\\s+)';
const START = '(?<lead>(?:starting|beginning|from)\\s+(?:on\\s+)?)';

/** Recurrence first, since "every 27 Nov" has a date in it. */
function takeMoments(
  line: Line,
  now: Date,
  take: (chip: Chip | null) => void,
): void {
  const rule = findRule(line);
  const time = findTime(line);
  if (time) {
    take({ kind: 'time', ...time });
  }
  if (rule) {
    line.take(rule);
    const until = findDay(line, now, UNTIL);
    const isNext =
      until && line.masked.slice(rule.end, until.start).trim() === '';
    const isFree = rule.rule.end.kind === 'never';
    if (until && isNext && isFree) {
      const end = { kind: 'until', day: until.day } as const;
      const whole = { ...rule.rule, end };
      take({ kind: 'rule', ...rule, end: until.end, rule: whole });
    } else {
      take({ kind: 'rule', ...rule });
    }
  }
  const start = rule && findDay(line, now, START);
  const day = start ?? findMoment(line, now) ?? findDay(line, now);
  if (day) {
    take({ kind: 'day', ...day });
  }
  if (!time && !day?.time) {
    const vague = findVagueTime(line);
    take(vague && { kind: 'time', ...vague });
  }
}

/** What the chips say together. */
function momentOf(
  chips: Chip[],
  { now, day: viewDay }: Context,
): Pick<Parsed, 'due' | 'recurrence'> {
  const named = pick(chips, 'day');
  const repeats = pick(chips, 'rule');
  const time = pick(chips, 'time')?.time ?? named?.time ?? null;
  const today = format(now, 'yyyy-MM-dd');
  const tomorrow = format(addDays(now, 1), 'yyyy-MM-dd');
  // A time that has passed is tomorrow's.
  const next = time !== null && time <= format(now, 'HH:mm') ? tomorrow : today;
  const base = viewDay !== null && viewDay > next ? viewDay : next;
  let day = named?.day ?? (time !== null ? base : viewDay);
  if (repeats && !named) {
    day = firstDay(repeats.rule, base);
  }
  return {
    due: day === null ? null : { date: day, time, time_zone: null },
    recurrence:
      repeats && day !== null
        ? { rrule: toRrule(repeats.rule), from: repeats.from }
        : null,
  };
}

/** What is left; all of it if that would be nothing. */
function titleOf(text: string, chips: Chip[]): string {
  const first = chips[0];
  const final = chips.at(-1);
  if (!first || !final) {
    return text.trim();
  }
  let rest = '';
  let at = 0;
  for (const { start, end } of chips) {
    rest += `${text.slice(at, start)} `;
    at = Math.max(at, end);
  }
  rest = (rest + text.slice(at)).replace(/\s+/g, ' ').trim();
  // "Mon, 9am: call Eve" leaves a colon, "call Eve, tomorrow" a comma.
  rest = rest.replace(/\s+([,;:.!?)])(?=\s|$)/g, '$1');
  if (text.slice(0, first.start).trim() === '') {
    rest = rest.replace(/^[,;:–-]\s*/, '');
  }
  if (text.slice(final.end).trim() === '') {
    rest = rest.replace(/\s*[,;:–-]$/, '');
  }
  return /[\p{L}\p{N}\p{S}]/u.test(rest) ? rest : text.trim();
}
