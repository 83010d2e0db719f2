import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { lazySheet } from '@/ui/lazySheet.tsx';
import menu from '@/ui/menu.module.css';
import { useTagActions } from './useTagActions.ts';

const TagSheet = lazySheet(
  async () => (await import('./TagSheet.tsx')).TagSheet,
);

/** The menu of one tag: rename or merge, take off everything. */
export function TagOptions({ tag }: { tag: string }) {
  const [editing, setEditing] = useState(false);
  const { remove } = useTagActions();
  return (
    <>
      <MenuTrigger>
        <Button className={button.icon} aria-label={t('tag.menu', { tag })}>
          <Ellipsis size={18} />
        </Button>
        <Popover className={menu.popover} placement="bottom end">
          <Menu className={menu.menu}>
            <MenuItem className={menu.item} onAction={() => setEditing(true)}>
              <Pencil size={16} />
              {t('tag.rename')}
            </MenuItem>
            <MenuItem className={menu.danger} onAction={() => remove(tag)}>
              <Trash2 size={16} />
              {t('tag.delete')}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <TagSheet tag={tag} isOpen={editing} onClose={() => setEditing(false)} />
    </>
  );
}
