import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import button from './button.module.css';
import { MenuButton } from './MenuButton.tsx';

interface OptionsMenuProps {
  label: string;
  edit: { text: string; run: () => void };
  remove: { text: string; run: () => void };
}

/** What can be done to the thing that a view is of: change it, delete it. */
export function OptionsMenu({ label, edit, remove }: OptionsMenuProps) {
  const choices = [
    {
      id: 'edit',
      label: edit.text,
      icon: <Pencil size={16} />,
      run: edit.run,
    },
    {
      id: 'remove',
      label: remove.text,
      icon: <Trash2 size={16} />,
      isDanger: true,
      run: remove.run,
    },
  ];
  return (
    <MenuButton
      className={button.icon}
      name={label}
      label={label}
      groups={[{ id: 'all', choices }]}
      placement="bottom end"
    >
      <Ellipsis size={18} />
    </MenuButton>
  );
}
