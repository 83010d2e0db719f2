import { cssColor } from '@/model/colors.ts';
import styles from './Dot.module.css';

/** The colour of a list. */
export function Dot({ color }: { color: string | null }) {
  return (
    <span
      className={styles.dot}
      style={{ backgroundColor: cssColor(color) }}
      aria-hidden="true"
    />
  );
}
