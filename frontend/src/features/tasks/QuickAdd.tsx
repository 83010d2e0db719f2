import { Plus } from 'lucide-react';
import { type SubmitEvent, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import type { Due } from '@/api/types.ts';
import { dropDraft, NEW_TASK, readDraft, writeDraft } from '@/data/drafts.ts';
import { addTask } from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import { DuePicker } from './DuePicker.tsx';
import styles from './QuickAdd.module.css';

interface QuickAddProps {
  listId: string | null;
  /** The day that a task gets if nothing else is chosen. */
  day: string | null;
  label: string;
}

/** An address that ends with it leads into this field. */
const ADD_HASH = '#add';

function wholeDay(day: string | null): Due | null {
  return day === null ? null : { date: day, time: null, time_zone: null };
}

/** One line: type, press Enter, type the next. */
export function QuickAdd({ listId, day, label }: QuickAddProps) {
  const [title, setTitle] = useState(() => readDraft(NEW_TASK)?.text ?? '');
  // undefined: nothing chosen, the view's own day counts.
  const [chosen, setChosen] = useState<Due | null | undefined>();
  const input = useRef<HTMLInputElement>(null);
  const { hash } = useLocation();
  useLayoutEffect(() => {
    if (hash === ADD_HASH) {
      input.current?.focus();
    }
  }, [hash]);
  const due = chosen === undefined ? wholeDay(day) : chosen;

  const type = (text: string) => {
    setTitle(text);
    if (text === '') {
      dropDraft(NEW_TASK);
    } else {
      writeDraft(NEW_TASK, { text, base: '' });
    }
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted === '') {
      input.current?.focus();
      return;
    }
    type('');
    setChosen(undefined);
    input.current?.focus();
    try {
      await addTask({ title: wanted, listId, due });
    } catch (error) {
      // Behind what has been typed since.
      setTitle((now) => {
        const text = now === '' ? wanted : `${now} ${wanted}`;
        writeDraft(NEW_TASK, { text, base: '' });
        return text;
      });
      showError(t('error.add'), error, t('error.addHelp'));
    }
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <Plus size={20} className={styles.plus} aria-hidden="true" />
      <input
        ref={input}
        id="quick-add"
        className={styles.input}
        aria-label={label}
        placeholder={label}
        value={title}
        maxLength={500}
        autoComplete="off"
        enterKeyHint="done"
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.currentTarget.blur();
          }
        }}
      />
      {title !== '' && (
        <span className={styles.tools}>
          <DuePicker value={due} onChange={setChosen} />
          <button type="submit" className={`${button.primary} ${styles.add}`}>
            {t('task.addButton')}
          </button>
        </span>
      )}
    </form>
  );
}
