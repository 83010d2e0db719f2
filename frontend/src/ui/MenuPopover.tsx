import { Check } from 'lucide-react';
import { Fragment, type ReactNode, type RefObject } from 'react';
import {
  Header,
  Menu,
  MenuItem,
  MenuSection,
  Popover,
  type PopoverProps,
  Separator,
} from 'react-aria-components';
import menu from './menu.module.css';
import type { FirstFocus } from './useOpener.ts';

export interface MenuChoice {
  id: string;
  label: string;
  icon?: ReactNode;
  isDanger?: boolean;
  run: () => void;
}

export interface MenuGroup {
  id: string;
  heading?: string;
  /** Of things to choose one from: which one is chosen. */
  chosen?: string;
  choices: MenuChoice[];
}

interface MenuPopoverProps {
  label: string;
  groups: MenuGroup[];
  trigger: RefObject<HTMLElement | null>;
  focus: FirstFocus;
  placement?: PopoverProps['placement'];
  onClose: () => void;
}

/** An open menu beside its button. */
export function MenuPopover(props: MenuPopoverProps) {
  const { label, groups, trigger, focus, placement, onClose } = props;
  return (
    <Popover
      className={menu.popover}
      triggerRef={trigger}
      trigger="MenuTrigger"
      aria-label={label}
      placement={placement ?? 'bottom start'}
      isOpen
      onOpenChange={onClose}
    >
      <Menu
        className={menu.menu}
        aria-label={label}
        autoFocus={focus}
        onClose={onClose}
      >
        {groups.map((group, index) => (
          <Fragment key={group.id}>
            {index > 0 && <Separator className={menu.separator} />}
            <Group {...group} />
          </Fragment>
        ))}
      </Menu>
    </Popover>
  );
}

function Group({ heading, chosen, choices }: MenuGroup) {
  return (
    <MenuSection
      {...(chosen !== undefined && {
        selectionMode: 'single',
        disallowEmptySelection: true,
        selectedKeys: [chosen],
      })}
    >
      {heading && <Header className={menu.heading}>{heading}</Header>}
      {choices.map(({ id, label, icon, isDanger, run }) => (
        <MenuItem
          key={id}
          id={id}
          className={isDanger ? menu.danger : menu.item}
          textValue={label}
          onAction={run}
        >
          {icon}
          {label}
          {id === chosen && <Check size={16} className={menu.tick} />}
        </MenuItem>
      ))}
    </MenuSection>
  );
}
