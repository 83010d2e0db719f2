import { t } from '@/i18n/i18n.ts';
import styles from './ShortcutSheet.module.css';

/** What the line for new tasks understands, as it is typed (English). */
const WORDS = [
  ['day', 'tomorrow · friday · next week · in 3 days · 24 Dec'],
  ['time', '9am · 21:30 · at noon · in 20 minutes'],
  ['rule', 'every day · every mon and thu · every 2nd tuesday · every! 3 days'],
  ['tag', '#home'],
  ['list', '@list · /list'],
  ['priority', '!high · p1 · !! · !low'],
] as const;

export function QuickAddHelp() {
  return (
    <section>
      <h3 className={styles.heading}>{t('help.words.title')}</h3>
      <p className={styles.lead}>{t('help.words.lead')}</p>
      <dl>
        {WORDS.map(([name, words]) => (
          <div key={name} className={styles.words}>
            <dt>{t(`help.words.${name}`)}</dt>
            <dd lang="en">{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
