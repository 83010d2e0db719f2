import { ArrowDown, ArrowUp } from 'lucide-react';
import { useState } from 'react';
import type { List } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { OptionsMenu } from '@/ui/OptionsMenu.tsx';
import { moveList } from './moveList.ts';
import { useListActions } from './useListActions.ts';

const ListSheet = lazySheet(
  async () => (await import('./ListSheet.tsx')).ListSheet,
);

/** The menu of one list: rename, colour, delete. */
export function ListOptions({ list }: { list: List }) {
  const [editing, setEditing] = useState(false);
  const { remove } = useListActions();
  return (
    <>
      <OptionsMenu
        label={t('list.menu', { list: list.name })}
        edit={{ text: t('list.edit'), run: () => setEditing(true) }}
        more={[
          {
            id: 'up',
            label: t('order.up'),
            icon: <ArrowUp size={16} />,
            run: () => void moveList(list.id, 'up'),
          },
          {
            id: 'down',
            label: t('order.down'),
            icon: <ArrowDown size={16} />,
            run: () => void moveList(list.id, 'down'),
          },
        ]}
        remove={{ text: t('list.delete'), run: () => remove(list) }}
      />
      <ListSheet
        list={list}
        isOpen={editing}
        onClose={() => setEditing(false)}
      />
    </>
  );
}
