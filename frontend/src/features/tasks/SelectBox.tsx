import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import styles from './SelectBox.module.css';
import { selection } from './selection.ts';

interface SelectBoxProps {
  task: Task;
  isSelected: boolean;
}

/** In place of the circle while tasks are selected. */
export function SelectBox({ task, isSelected }: SelectBoxProps) {
  return (
    <label className={styles.hit}>
      <input
        type="checkbox"
        className={styles.input}
        aria-label={t('selection.select', { title: task.title })}
        checked={isSelected}
        onChange={() => selection.toggle(task.id)}
      />
    </label>
  );
}
