import { Plus } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, useState } from 'react';
import type { Task } from '@/api/types.ts';
import { draftKey, dropDraft, readDraft, writeDraft } from '@/data/drafts.ts';
import { addSubtasks } from '@/data/subtasks.ts';
import { t } from '@/i18n/i18n.ts';
import { LINES_MAX, linesOf } from '@/model/lines.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';
import styles from './Subtasks.module.css';

interface SubtaskFieldProps {
  parent: Task;
  /** Backspace with nothing typed. */
  onLeave: () => void;
}

/** Each Enter adds a subtask; pasted lines are one each. */
export function SubtaskField({ parent, onLeave }: SubtaskFieldProps) {
  const key = draftKey(parent.id, 'subtask');
  const [text, setText] = useState(() => readDraft(key)?.text ?? '');
  const type = (next: string) => {
    setText(next);
    if (next === '') {
      dropDraft(key);
    } else {
      writeDraft(key, { text: next, base: '' });
    }
  };
  const add = async (titles: string[]) => {
    setText('');
    try {
      await addSubtasks(
        parent,
        titles.map((title) => title.slice(0, 500)),
      );
      if (readDraft(key)?.text === text) {
        dropDraft(key);
      }
      if (titles.length > 1) {
        undoToast(t('subtasks.added', { count: titles.length }));
      }
    } catch (error) {
      type([...titles, readDraft(key)?.text ?? ''].join(' ').trim());
      showError(t('error.add'), error, t('error.addHelp'));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (text.trim() !== '') {
        void add([text.trim()]);
      }
    } else if (event.key === 'Backspace' && text === '') {
      event.preventDefault();
      onLeave();
    } else if (event.key === 'Escape' && text !== '') {
      event.stopPropagation();
      type('');
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const lines = linesOf(event.clipboardData.getData('text'));
    if (lines.length > 1) {
      event.preventDefault();
      const [first, ...rest] = lines.slice(0, LINES_MAX);
      void add([`${text} ${first}`.trim(), ...rest]);
    }
  };
  return (
    <label className={styles.add}>
      <Plus size={18} aria-hidden="true" />
      <input
        className={styles.input}
        aria-label={t('subtasks.add')}
        placeholder={t('subtasks.add')}
        value={text}
        maxLength={500}
        autoComplete="off"
        enterKeyHint="enter"
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
    </label>
  );
}
