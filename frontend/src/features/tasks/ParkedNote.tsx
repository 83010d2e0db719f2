import type { Entry } from '@/data/db.ts';
import { decideWrite, discardWrite, retryWrite } from '@/data/local.ts';
import { t } from '@/i18n/i18n.ts';
import { refusalText } from '@/ui/errorText.ts';
import styles from './DraftField.module.css';

interface ParkedNoteProps {
  entry: Entry;
  field: 'title' | 'notes';
}

/** Asks what shall become of a text that the server did not take. */
export function ParkedNote({ entry, field }: ParkedNoteProps) {
  const { seq, state } = entry;
  if (state.type === 'queued') {
    return null;
  }
  const isConflict = state.type === 'conflict';
  return (
    <div className={styles.note}>
      <p>{t(isConflict ? 'draft.conflict' : 'draft.failed')}</p>
      {state.type === 'rejected' && <p>{refusalText(state.problem)}</p>}
      {isConflict && (
        <blockquote className={styles.theirs}>
          {state.theirs[field] || t('draft.empty')}
        </blockquote>
      )}
      <button
        type="button"
        className={styles.link}
        onClick={() =>
          void (isConflict ? decideWrite(seq, 'mine') : retryWrite(seq))
        }
      >
        {t(isConflict ? 'draft.keepMine' : 'draft.retry')}
      </button>
      <button
        type="button"
        className={styles.link}
        onClick={() =>
          void (isConflict ? decideWrite(seq, 'theirs') : discardWrite(seq))
        }
      >
        {t(isConflict ? 'draft.useTheirs' : 'draft.discard')}
      </button>
    </div>
  );
}
