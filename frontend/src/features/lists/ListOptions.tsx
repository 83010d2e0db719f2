import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import type { List } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { lazySheet } from '@/ui/lazySheet.tsx';
import menu from '@/ui/menu.module.css';
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
      <MenuTrigger>
        <Button
          className={button.icon}
          aria-label={t('list.menu', { list: list.name })}
        >
          <Ellipsis size={18} />
        </Button>
        <Popover className={menu.popover} placement="bottom end">
          <Menu className={menu.menu}>
            <MenuItem className={menu.item} onAction={() => setEditing(true)}>
              <Pencil size={16} />
              {t('list.edit')}
            </MenuItem>
            <MenuItem className={menu.danger} onAction={() => remove(list)}>
              <Trash2 size={16} />
              {t('list.delete')}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <ListSheet
        list={list}
        isOpen={editing}
        onClose={() => setEditing(false)}
      />
    </>
  );
}
