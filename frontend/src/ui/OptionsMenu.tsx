import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import button from './button.module.css';
import menu from './menu.module.css';

interface OptionsMenuProps {
  label: string;
  edit: { text: string; run: () => void };
  remove: { text: string; run: () => void };
}

/** What can be done to the thing that a view is of: change it, delete it. */
export function OptionsMenu({ label, edit, remove }: OptionsMenuProps) {
  return (
    <MenuTrigger>
      <Button className={button.icon} aria-label={label}>
        <Ellipsis size={18} />
      </Button>
      <Popover className={menu.popover} placement="bottom end">
        <Menu className={menu.menu}>
          <MenuItem className={menu.item} onAction={edit.run}>
            <Pencil size={16} />
            {edit.text}
          </MenuItem>
          <MenuItem className={menu.danger} onAction={remove.run}>
            <Trash2 size={16} />
            {remove.text}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
