import { decode } from './decode.ts';

const MAX_TITLE = 500;

export interface Shared {
  title: string;
  text: string;
  url: string;
}

/**
 * What another app shares, as one line for a new task. Apps repeat
 * themselves: a link often stands in the text, a title in both.
 */
export function sharedLine({ title, text, url }: Shared): string {
  const parts: string[] = [];
  for (const part of [title, text, url].map(oneLine)) {
    if (part !== '' && !parts.some((other) => other.includes(part))) {
      parts.push(part);
    }
  }
  const line = parts.join(' ');
  const link = parts.at(-1) ?? '';
  if ([...line].length <= MAX_TITLE) {
    return line;
  }
  // A link that is cut leads nowhere; the words can be.
  const end = parts.length > 1 && link.length < MAX_TITLE / 2 ? ` ${link}` : '';
  const room = MAX_TITLE - [...end].length - 1;
  return `${[...line].slice(0, room).join('')}…${end}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * Where the page takes it in. After the #, which no browser sends: what
 * somebody shares is in no log of a server.
 */
export function shareAddress(shared: Shared): string {
  return `/share#${encodeURIComponent(sharedLine(shared).toWellFormed())}`;
}

export function readShare(hash: string): string {
  return decode(hash.slice(1));
}
