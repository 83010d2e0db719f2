import { useState } from 'react';
import type { List } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { OptionsMenu } from '@/ui/OptionsMenu.tsx';
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
