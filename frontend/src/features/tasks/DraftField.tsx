import {
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import type { Entry } from '@/data/db.ts';
import { t } from '@/i18n/i18n.ts';
import styles from './DraftField.module.css';
import { ParkedNote } from './ParkedNote.tsx';
import { type DraftKind, useDraftField } from './useDraftField.ts';

interface DraftFieldProps {
  taskId: string;
  field: 'title' | 'notes';
  value: string;
  /** A change of this text that waits for the person's decision. */
  parked: Entry | undefined;
  save: (text: string, base: string) => Promise<unknown>;
  /** The person is done with the task, not only with this field. */
  onDone: () => void;
}

const LIMITS = { title: 500, notes: 16_384 };

export function DraftField(props: DraftFieldProps) {
  const { taskId, field, value, parked, save, onDone } = props;
  const isTitle = field === 'title';
  const draft = useDraftField({
    taskId,
    field,
    value,
    isTitle,
    save,
  });
  const input = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();

  useLayoutEffect(() => {
    const element = input.current;
    if (isTitle && element) {
      element.focus();
      element.setSelectionRange(element.value.length, element.value.length);
    }
  }, [isTitle]);

  // However the field goes away, what was typed in it is saved.
  const commit = useRef(draft.commit);
  useEffect(() => {
    commit.current = draft.commit;
  });
  useEffect(() => () => void commit.current(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === 'Enter' && (isTitle || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!isTitle || draft.text.trim() !== '') {
        onDone();
      }
    } else if (event.key === 'Escape' && draft.kind !== 'clean') {
      event.stopPropagation();
      draft.revert();
    }
  };

  return (
    <div>
      <textarea
        ref={input}
        className={isTitle ? styles.title : styles.notes}
        aria-label={t(`task.${field}`)}
        aria-describedby={noteId}
        placeholder={t(`task.${field}`)}
        rows={1}
        maxLength={LIMITS[field]}
        value={draft.text}
        onChange={(event) =>
          draft.type(
            isTitle
              ? event.target.value.replace(/\s*\n\s*/g, ' ')
              : event.target.value,
          )
        }
        onBlur={() => void draft.commit()}
        onKeyDown={onKeyDown}
      />
      <div id={noteId} role="status">
        <DraftNote
          kind={draft.kind}
          onSave={() => void draft.store()}
          onDiscard={draft.revert}
        />
        {parked && draft.kind === 'clean' && (
          <ParkedNote entry={parked} field={field} />
        )}
      </div>
    </div>
  );
}

interface DraftNoteProps {
  kind: DraftKind;
  onSave: () => void;
  onDiscard: () => void;
}

function DraftNote({ kind, onSave, onDiscard }: DraftNoteProps) {
  if (kind === 'empty') {
    return <p className={styles.note}>{t('task.emptyTitle')}</p>;
  }
  if (kind !== 'restored') {
    return null;
  }
  return (
    <div className={styles.note}>
      <p>{t('draft.restored')}</p>
      <button type="button" className={styles.link} onClick={onSave}>
        {t('draft.retry')}
      </button>
      <button type="button" className={styles.link} onClick={onDiscard}>
        {t('draft.discard')}
      </button>
    </div>
  );
}
