import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { List } from '@/api/types.ts';
import { useLists } from '@/data/lists.ts';
import { useTaskCount } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { Dot } from '@/ui/Dot.tsx';
import { DragHandle } from '@/ui/DragHandle.tsx';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { NavItem } from '@/ui/NavItem.tsx';
import styles from './ListNav.module.css';
import { draggingOf } from './moveList.ts';

const ListSheet = lazySheet(
  async () => (await import('./ListSheet.tsx')).ListSheet,
);

/** The person's lists, in the sidebar. */
export function ListNav() {
  const lists = useLists();
  const [adding, setAdding] = useState(false);
  return (
    <section aria-labelledby="lists-heading">
      <div className={styles.head}>
        <h2 id="lists-heading" className={styles.heading}>
          {t('nav.lists')}
        </h2>
        <button
          type="button"
          className={button.icon}
          aria-label={t('list.new')}
          onClick={() => setAdding(true)}
        >
          <Plus size={18} />
        </button>
      </div>
      <ul>
        {lists?.map((list) => (
          <li key={list.id} className={styles.item} data-list-id={list.id}>
            <ListLink list={list} />
            {lists.length > 1 && (
              <DragHandle
                label={t('order.handle', { title: list.name })}
                dragging={() => draggingOf(list, lists)}
              />
            )}
          </li>
        ))}
      </ul>
      {lists?.length === 0 && <p className={styles.teach}>{t('list.teach')}</p>}
      <ListSheet list={null} isOpen={adding} onClose={() => setAdding(false)} />
    </section>
  );
}

function ListLink({ list }: { list: List }) {
  const count = useTaskCount({ kind: 'list', listId: list.id });
  return (
    <NavItem
      to={`/lists/${list.id}`}
      icon={<Dot color={list.color} />}
      label={list.name}
      count={count}
    />
  );
}
