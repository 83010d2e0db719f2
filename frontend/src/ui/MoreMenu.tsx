import { Ellipsis } from 'lucide-react';
import type { ComponentProps } from 'react';
import button from './button.module.css';
import { MenuButton } from './MenuButton.tsx';

interface MoreMenuProps
  extends Pick<ComponentProps<typeof MenuButton>, 'label' | 'groups'> {
  className?: string | undefined;
}

/** Three dots that open what can be done to a thing. */
export function MoreMenu({ label, groups, className = '' }: MoreMenuProps) {
  return (
    <MenuButton
      className={`${button.icon} ${className}`.trim()}
      name={label}
      label={label}
      groups={groups}
      placement="bottom end"
    >
      <Ellipsis size={18} />
    </MenuButton>
  );
}
