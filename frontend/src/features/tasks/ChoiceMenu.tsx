import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import button from '@/ui/button.module.css';
import menu from '@/ui/menu.module.css';

interface Choice {
  id: string;
  label: string;
  icon: ReactNode;
}

interface ChoiceMenuProps {
  label: string;
  icon: ReactNode;
  /** What the chip shows. */
  shown: string;
  choices: Choice[];
  selected: string;
  onSelect: (id: string) => void;
}

/** A chip with a menu to choose one thing from. */
export function ChoiceMenu(props: ChoiceMenuProps) {
  const { label, icon, shown, choices, selected, onSelect } = props;
  return (
    <MenuTrigger>
      <Button className={button.chip} aria-label={`${label}: ${shown}`}>
        {icon}
        {shown}
      </Button>
      <Popover className={menu.popover}>
        <Menu
          className={menu.menu}
          aria-label={label}
          selectionMode="single"
          selectedKeys={[selected]}
          onAction={(key) => onSelect(String(key))}
        >
          {choices.map((choice) => (
            <MenuItem
              key={choice.id}
              id={choice.id}
              className={menu.item}
              textValue={choice.label}
            >
              {choice.icon}
              {choice.label}
              {choice.id === selected && (
                <Check size={16} className={menu.tick} />
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
