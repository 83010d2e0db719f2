import type { Line, Span } from './quickAddText.ts';

export interface FoundTime extends Span {
  time: string;
}

const LEAD = '(?:(?:at|by)\\s+|@\\s?)?';
const EXACT = new RegExp(
  `${LEAD}(?:(?<hour>\\d{1,2})(?:[:.](?<minute>[0-5]\\d))?\\s?(?<half>[ap])\\.?m\\.?|(?<clock>(?:[01]?\\d|2[0-3]):[0-5]\\d))`,
  'giu',
);
/** Only where nothing follows that could be counted: "at 5 guys". */
const VAGUE =
  /(?:at|by)\s+(?<hour>\d{1,2})(?:\s+o['’]clock)?|(?<lead>at\s+)?(?<name>noon|midday|midnight)/giu;

const PARTS_OF_DAY: Record<string, string> = {
  noon: '12:00',
  midday: '12:00',
  midnight: '00:00',
};

/** A span of time, a verse, or the shape of a screen. */
const BOUND =
  /^(?:until|till|before|after|since|to|between|and|from|than|genesis|exodus|psalms?|proverbs|isaiah|matthew|mark|luke|john|acts|romans|corinthians|revelation)$/i;
const SHAPE = /^(?:ratio|aspect|screen|monitor|display|format)\b/i;

/** The last time that the line names exactly. */
export function findTime(line: Line): FoundTime | null {
  const found: FoundTime[] = [];
  for (const match of line.matches(EXACT)) {
    const { start, end } = match;
    const time = timeOf(match.groups ?? {});
    if (time && isFree(line, match)) {
      found.push({ start, end, time });
    }
  }
  return found.at(-1) ?? null;
}

/** The last time that is one only at an end, or beside a chip. */
export function findVagueTime(line: Line): FoundTime | null {
  const found: FoundTime[] = [];
  for (const match of line.matches(VAGUE)) {
    const { hour, name, lead } = match.groups ?? {};
    const { start, end } = match;
    const time = name
      ? PARTS_OF_DAY[name.toLowerCase()]
      : vagueHour(Number(hour));
    const isBare = name !== undefined && lead === undefined;
    const beside = line.masked.slice(0, start).trimEnd().endsWith('\uFFFC');
    const isAlone = line.after(end) === '' && (!isBare || beside);
    if (time && isAlone && isFree(line, match)) {
      found.push({ start, end, time });
    }
  }
  return found.at(-1) ?? null;
}

/** "at 5" is in the afternoon, "at 9" in the morning. */
function vagueHour(hour: number): string | null {
  if (hour > 23 || hour === 0) {
    return null;
  }
  return clock(hour < 7 ? hour + 12 : hour, '00');
}

function timeOf(groups: Record<string, string | undefined>): string | null {
  if (groups.clock !== undefined) {
    return groups.clock.padStart(5, '0');
  }
  const hour = Number(groups.hour);
  if (hour < 1 || hour > 12) {
    return null;
  }
  const isLate = groups.half?.toLowerCase() === 'p';
  return clock((hour % 12) + (isLate ? 12 : 0), groups.minute ?? '00');
}

function clock(hour: number, minute: string): string {
  return `${String(hour).padStart(2, '0')}:${minute}`;
}

function isFree(line: Line, { start, end }: Span): boolean {
  return !BOUND.test(line.before(start)) && !SHAPE.test(line.after(end));
}
