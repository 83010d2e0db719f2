import { t } from '@/i18n/i18n.ts';
import { Sheet } from '@/ui/Sheet.tsx';
import styles from './ShortcutSheet.module.css';

const SHORTCUTS = [
  ['new', ['n']],
  ['search', ['/']],
  ['next', ['j', '↓']],
  ['previous', ['k', '↑']],
  ['complete', ['x']],
  ['edit', ['e', 'Enter']],
  ['delete', ['Del']],
  ['saveClose', ['Ctrl Enter']],
  ['revert', ['Esc']],
  ['sheet', ['?']],
] as const;

interface ShortcutSheetProps {
  isOpen: boolean;
  onClose: () => void;
}

export function ShortcutSheet({ isOpen, onClose }: ShortcutSheetProps) {
  return (
    <Sheet title={t('help.title')} isOpen={isOpen} onClose={onClose}>
      <dl className={styles.list}>
        {SHORTCUTS.map(([name, keys]) => (
          <div key={name} className={styles.row}>
            <dt>{t(`help.${name}`)}</dt>
            <dd className={styles.keys}>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
