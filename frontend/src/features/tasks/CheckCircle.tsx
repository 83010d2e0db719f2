import { useEffect, useState } from 'react';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import styles from './CheckCircle.module.css';

interface CheckCircleProps {
  task: Task;
  onToggle: () => void;
}

export function CheckCircle({ task, onToggle }: CheckCircleProps) {
  // A box that waits for the database would jump back for a moment.
  const [checked, setChecked] = useState(task.completed);
  useEffect(() => setChecked(task.completed), [task.completed]);
  return (
    <label className={styles.hit} data-priority={task.priority}>
      <input
        type="checkbox"
        className={styles.input}
        aria-label={t('task.complete', { title: task.title })}
        checked={checked}
        onChange={() => {
          setChecked(!task.completed);
          onToggle();
        }}
      />
      <svg viewBox="0 0 22 22" className={styles.circle} aria-hidden="true">
        <circle className={styles.ring} cx="11" cy="11" r="9.5" />
        <path className={styles.tick} d="m6.8 11.4 2.9 2.9 5.6-6.2" />
      </svg>
    </label>
  );
}
