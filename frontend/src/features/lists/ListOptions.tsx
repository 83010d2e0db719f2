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
import menu from '@/ui/menu.module.css';
import { ListSheet } from './ListSheet.tsx';
import { useListActions } from './useListActions.ts';

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
