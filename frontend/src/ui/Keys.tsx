import { t } from '@/i18n/i18n.ts';
import styles from './Keys.module.css';

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Delete: 'Del',
  Backspace: '⌫',
  Escape: 'Esc',
};

/** Keys as the table of shortcuts has them, drawn as keys. */
export function Keys({ keys }: { keys: string }) {
  const parts = keys.split(/[+ ]/).filter(Boolean);
  return (
    <span className={styles.keys}>
      {parts.map((part, index) => (
        <span key={part} className={styles.keys}>
          {index > 0 && keys.includes(' ') && (
            <span className={styles.then}>{t('help.thenKey')}</span>
          )}
          <kbd className={styles.key}>{NAMES[part] ?? part}</kbd>
        </span>
      ))}
    </span>
  );
}
