import { enHelp } from '@/i18n/enHelp.ts';
import { addTexts, t } from '@/i18n/i18n.ts';
import { Keys } from '@/ui/Keys.tsx';
import { Sheet } from '@/ui/Sheet.tsx';
import { SingleKeysSwitch } from '@/ui/SingleKeysSwitch.tsx';
import { SHORTCUTS } from '@/ui/shortcutTable.ts';
import { QuickAddHelp } from './QuickAddHelp.tsx';
import styles from './ShortcutSheet.module.css';

addTexts(enHelp);

/** What fields do by themselves, beside the table of shortcuts. */
const ALL = {
  ...SHORTCUTS,
  edit: { saveClose: ['Mod+Enter'], revert: ['Escape'] },
};

interface ShortcutSheetProps {
  isOpen: boolean;
  onClose: () => void;
}

export function ShortcutSheet({ isOpen, onClose }: ShortcutSheetProps) {
  return (
    <Sheet title={t('help.title')} isOpen={isOpen} onClose={onClose}>
      <SingleKeysSwitch className={styles.switch} hintClassName={styles.hint} />
      {groups().map(({ id, heading, rows }) => (
        <section key={id} aria-labelledby={`keys-${id}`}>
          <h3 id={`keys-${id}`} className={styles.heading}>
            {heading}
          </h3>
          <dl>
            {rows.map(({ name, text, keys }) => (
              <div key={name} className={styles.row}>
                <dt>{text}</dt>
                <dd className={styles.keys}>
                  {keys.map((each) => (
                    <Keys key={each} keys={each} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <QuickAddHelp />
    </Sheet>
  );
}

function groups() {
  return Object.entries(ALL).map(([id, shortcuts]) => ({
    id,
    heading: t(`help.group.${id as keyof typeof ALL}`),
    rows: Object.entries<readonly string[]>(shortcuts).map(([name, keys]) => ({
      name,
      // Each name in the table has its text: help.test.ts.
      text: t(`help.${id}.${name}` as 'help.go.inbox'),
      keys,
    })),
  }));
}
