import { Undo2 } from 'lucide-react';
import { useDeletedLists } from '@/data/lists.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { Dot } from '@/ui/Dot.tsx';
import styles from './TrashedLists.module.css';
import { useListActions } from './useListActions.ts';

/** Deleted lists; restoring one brings back its tasks too. */
export function TrashedLists() {
  const lists = useDeletedLists();
  const { restore } = useListActions();
  if (!lists || lists.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="trashed-lists">
      <h2 id="trashed-lists" className={styles.heading}>
        {t('list.deleted')}
      </h2>
      <ul className={styles.list}>
        {lists.map((list) => (
          <li key={list.id} className={styles.row}>
            <Dot color={list.color} />
            <span className={styles.name}>{list.name}</span>
            <button
              type="button"
              className={button.button}
              aria-label={t('list.restoreNamed', { list: list.name })}
              onClick={() => restore(list)}
            >
              <Undo2 size={16} />
              {t('list.restore')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
