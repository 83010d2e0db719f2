import {
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import { t } from '@/i18n/i18n.ts';
import styles from './DraftField.module.css';
import { type DraftState, useDraftField } from './useDraftField.ts';

interface DraftFieldProps {
  taskId: string;
  field: 'title' | 'notes';
  value: string;
  save: (text: string) => Promise<unknown>;
  /** The person is done with the task, not only with this field. */
  onDone: () => void;
}

const LIMITS = { title: 500, notes: 16_384 };

export function DraftField(props: DraftFieldProps) {
  const { taskId, field, value, save, onDone } = props;
  const isTitle = field === 'title';
  const draft = useDraftField({
    taskId,
    field,
    value,
    required: isTitle,
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
    } else if (event.key === 'Escape' && draft.state.kind !== 'clean') {
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
        aria-describedby={draft.state.kind === 'clean' ? undefined : noteId}
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
          state={draft.state}
          onRetry={() => void draft.store()}
          onRevert={draft.revert}
        />
      </div>
    </div>
  );
}

interface DraftNoteProps {
  state: DraftState;
  onRetry: () => void;
  onRevert: () => void;
}

function DraftNote({ state, onRetry, onRevert }: DraftNoteProps) {
  switch (state.kind) {
    case 'clean':
    case 'dirty':
      return null;
    case 'empty':
      return <p className={styles.note}>{t('task.emptyTitle')}</p>;
    case 'conflict':
      return (
        <div className={styles.note}>
          <p>{t('draft.conflict')}</p>
          <blockquote className={styles.theirs}>
            {state.theirs || t('draft.empty')}
          </blockquote>
          <button type="button" className={styles.link} onClick={onRetry}>
            {t('draft.keepMine')}
          </button>
          <button type="button" className={styles.link} onClick={onRevert}>
            {t('draft.useTheirs')}
          </button>
        </div>
      );
    case 'failed':
    case 'restored':
      return (
        <div className={styles.note}>
          <p>{t(`draft.${state.kind}`)}</p>
          <button type="button" className={styles.link} onClick={onRetry}>
            {t('draft.retry')}
          </button>
          <button type="button" className={styles.link} onClick={onRevert}>
            {t('draft.discard')}
          </button>
        </div>
      );
  }
}
