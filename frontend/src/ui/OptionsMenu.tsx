import { Pencil, Trash2 } from 'lucide-react';
import type { MenuChoice } from './MenuPopover.tsx';
import { MoreMenu } from './MoreMenu.tsx';

interface OptionsMenuProps {
  label: string;
  edit: { text: string; run: () => void };
  remove: { text: string; run: () => void };
  more?: MenuChoice[];
}

/** What can be done to the thing that a view is of: change it, delete it. */
export function OptionsMenu(props: OptionsMenuProps) {
  const { label, edit, remove, more = [] } = props;
  const choices = [
    {
      id: 'edit',
      label: edit.text,
      icon: <Pencil size={16} />,
      run: edit.run,
    },
    ...more,
    {
      id: 'remove',
      label: remove.text,
      icon: <Trash2 size={16} />,
      isDanger: true,
      run: remove.run,
    },
  ];
  return <MoreMenu label={label} groups={[{ id: 'all', choices }]} />;
}
