import { createContext, Fragment, useContext } from 'react';
import { matchesOf } from '@/model/search.ts';
import styles from './Highlighted.module.css';

/** What is searched for; empty where nothing is. */
export const Query = createContext('');

/** A text with what was searched for in it marked. */
export function Highlighted({ text }: { text: string }) {
  const query = useContext(Query);
  const matches = query === '' ? [] : matchesOf(query, text);
  let from = 0;
  return (
    <>
      {matches.map(({ start, end }) => {
        const before = text.slice(from, start);
        from = end;
        return (
          <Fragment key={start}>
            {before}
            <mark className={styles.mark}>{text.slice(start, end)}</mark>
          </Fragment>
        );
      })}
      {text.slice(from)}
    </>
  );
}

const BEFORE = 30;
const AFTER = 90;

/** The place in the notes where the words stand, if they stand there. */
export function NotesMatch({ notes }: { notes: string }) {
  const query = useContext(Query);
  const [first] = query === '' ? [] : matchesOf(query, notes);
  if (!first) {
    return null;
  }
  const start = Math.max(0, first.start - BEFORE);
  const end = Math.min(notes.length, first.end + AFTER);
  const cut = notes.slice(start, end).replace(/\s+/g, ' ');
  return (
    <span className={styles.notes}>
      {start > 0 && '…'}
      <Highlighted text={cut} />
      {end < notes.length && '…'}
    </span>
  );
}
