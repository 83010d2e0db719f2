import { t } from '@/i18n/i18n.ts';
import { SingleKeysSwitch } from '@/ui/SingleKeysSwitch.tsx';
import { setTheme, THEME_TEXTS, THEMES, useTheme } from '@/ui/theme.ts';
import { ChoiceField } from './ChoiceField.tsx';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

export function LookSettings() {
  const theme = useTheme();
  return (
    <Section title={t('settings.look')} lead={t('settings.lookHelp')}>
      <ChoiceField
        label={t('settings.theme')}
        value={theme}
        choices={THEMES.map((value) => ({
          value,
          label: t(THEME_TEXTS[value]),
        }))}
        onChange={setTheme}
      />
    </Section>
  );
}

export function KeySettings() {
  return (
    <Section title={t('settings.keys')} lead={t('settings.lookHelp')}>
      <SingleKeysSwitch className={styles.choice} hintClassName={styles.help} />
    </Section>
  );
}
