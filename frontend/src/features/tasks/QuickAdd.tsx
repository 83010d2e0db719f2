import { Plus } from 'lucide-react';
import {
  type KeyboardEvent,
  type SubmitEvent,
  Suspense,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useLocation } from 'react-router';
import { t } from '@/i18n/i18n.ts';
import { LINES_MAX, linesOf } from '@/model/lines.ts';
import button from '@/ui/button.module.css';
import { lazyPart } from '@/ui/lazyPart.ts';
import { useToday } from '@/ui/useToday.ts';
import { DuePicker } from './DuePicker.tsx';
import { PastePrompt } from './PastePrompt.tsx';
import styles from './QuickAdd.module.css';
import { tellAdded } from './tellAdded.ts';
import { useQuickAdd } from './useQuickAdd.ts';

const loadChips = () => import('./QuickAddChips.tsx');
const QuickAddChips = lazyPart(async () => (await loadChips()).QuickAddChips);
const QuickAddMarks = lazyPart(async () => (await loadChips()).QuickAddMarks);

interface QuickAddProps {
  listId: string | null;
  /** The day that a task gets if nothing else is chosen. */
  day: string | null;
  label: string;
}

/** An address that ends with it leads into this field. */
const ADD_HASH = '#add';

/** One line: type, press Enter, type the next. */
export function QuickAdd({ listId, day, label }: QuickAddProps) {
  const quick = useQuickAdd(listId, day);
  const { text, chips } = quick;
  const today = useToday();
  const [pasted, setPasted] = useState<string[]>([]);
  const [scroll, setScroll] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const { hash } = useLocation();
  useLayoutEffect(() => {
    if (hash === ADD_HASH) {
      input.current?.focus();
    }
  }, [hash]);

  const add = async (lines: string[]) => {
    setPasted([]);
    input.current?.focus();
    const added = await quick.add(lines);
    if (added) {
      tellAdded(added, { listId, day, today, nameOf: quick.nameOf });
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === '') {
      input.current?.focus();
    } else {
      void add([text]);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const chip = chips.find(({ end }) => end === selectionStart);
    if (event.key === 'Escape') {
      event.currentTarget.blur();
    } else if (
      event.key === 'Backspace' &&
      chip &&
      selectionStart === selectionEnd &&
      !(event.ctrlKey || event.metaKey || event.altKey)
    ) {
      event.preventDefault();
      quick.reject(chip);
    }
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <Plus size={20} className={styles.plus} aria-hidden="true" />
      <span className={styles.field}>
        <Suspense>
          {chips.length > 0 && (
            <QuickAddMarks text={text} chips={chips} scroll={scroll} />
          )}
        </Suspense>
        <input
          ref={input}
          id="quick-add"
          className={styles.input}
          aria-label={label}
          placeholder={label}
          value={text}
          maxLength={500}
          autoComplete="off"
          enterKeyHint="done"
          onFocus={quick.load}
          onChange={(event) => quick.type(event.target.value)}
          onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const lines = linesOf(event.clipboardData.getData('text'));
            if (lines.length > 1) {
              event.preventDefault();
              setPasted(lines.slice(0, LINES_MAX));
            }
          }}
        />
      </span>
      {text !== '' && (
        <span className={styles.tools}>
          <DuePicker value={quick.due} onChange={quick.choose} />
          <button type="submit" className={`${button.primary} ${styles.add}`}>
            {t('task.addButton')}
          </button>
        </span>
      )}
      {text !== '' && (
        <Suspense>
          <QuickAddChips
            text={text}
            chips={chips}
            today={today}
            kept={quick.kept}
            onReject={(chip) => {
              quick.reject(chip);
              input.current?.focus();
            }}
          />
        </Suspense>
      )}
      {pasted.length > 0 && (
        <PastePrompt
          count={pasted.length}
          onAdd={() => void add(pasted)}
          onLine={() => {
            setPasted([]);
            quick.type(`${text} ${pasted.join(' ')}`.trim().slice(0, 500));
            input.current?.focus();
          }}
          onCancel={() => {
            setPasted([]);
            input.current?.focus();
          }}
        />
      )}
    </form>
  );
}
