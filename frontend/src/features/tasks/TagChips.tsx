import { Plus, Tag, X } from 'lucide-react';
import { Suspense, useRef } from 'react';
import { Link } from 'react-router';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { pathOfTag } from '@/model/view.ts';
import button from '@/ui/button.module.css';
import { lazyPart } from '@/ui/lazyPart.ts';
import { HoldShortcuts } from '@/ui/shortcuts.ts';
import { useOpener } from '@/ui/useOpener.ts';
import { bulkActions } from './bulkActions.ts';
import styles from './MoreFields.module.css';

const load = () => import('./TagPicker.tsx');
const TagPicker = lazyPart(async () => (await load()).TagPicker);

/** The tags of a task: each leads to its view, and can be taken off. */
export function TagChips({ task }: { task: Task }) {
  const opener = useOpener('dialog', load);
  const list = useRef<HTMLUListElement>(null);
  const remove = (tag: string, index: number) => {
    // The focus goes to the neighbour, since its own button goes away.
    const all = list.current?.querySelectorAll<HTMLElement>('button') ?? [];
    (all[index + 1] ?? all[index - 1])?.focus();
    void bulkActions.tag([task.id], tag, false);
  };
  return (
    <>
      <ul ref={list} className={styles.tags} aria-label={t('tagging.list')}>
        {task.tags.map((tag, index) => (
          <li key={tag} className={styles.tag}>
            <Link
              to={pathOfTag(tag)}
              className={styles.link}
              onKeyDown={(event) => {
                if (event.key === 'Delete' || event.key === 'Backspace') {
                  // Elsewhere in the list this key deletes the task.
                  event.preventDefault();
                  event.stopPropagation();
                  remove(tag, index);
                }
              }}
            >
              <Tag size={13} aria-hidden="true" />
              <span className={styles.long}>{tag}</span>
            </Link>
            <button
              type="button"
              className={styles.off}
              aria-label={t('tagging.remove', { tag })}
              onClick={() => remove(tag, index)}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </li>
        ))}
        <li>
          <button {...opener.props} className={button.chip}>
            <Plus size={15} aria-hidden="true" />
            {t('tagging.add')}
          </button>
        </li>
      </ul>
      {opener.isOpen && (
        <Suspense fallback={<HoldShortcuts />}>
          <TagPicker ids={[task.id]} stays onClose={opener.close} />
        </Suspense>
      )}
    </>
  );
}
