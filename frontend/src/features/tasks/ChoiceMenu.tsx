import type { ReactNode } from 'react';
import button from '@/ui/button.module.css';
import { MenuButton } from '@/ui/MenuButton.tsx';

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
    <MenuButton
      className={button.chip}
      name={`${label}: ${shown}`}
      label={label}
      groups={[
        {
          id: 'all',
          chosen: selected,
          choices: choices.map((choice) => ({
            ...choice,
            run: () => onSelect(choice.id),
          })),
        },
      ]}
    >
      {icon}
      {shown}
    </MenuButton>
  );
}
