import { ListChecks } from 'lucide-react';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { selection, useSelection } from './selection.ts';

/** Starts or ends the selection of many tasks, in the head of a view. */
export function SelectButton() {
  const { active } = useSelection();
  return (
    <button
      type="button"
      className={button.icon}
      aria-label={t('selection.start')}
      aria-pressed={active}
      onClick={active ? selection.clear : selection.start}
    >
      <ListChecks size={18} />
    </button>
  );
}
