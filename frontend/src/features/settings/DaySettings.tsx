import type { User, UserPatch, WeekStart } from '@/api/types.ts';
import { changeMe } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import { localZone } from '@/model/dates.ts';
import { zonesByRegion } from '@/model/zones.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import { SelectField } from '@/ui/SelectField.tsx';
import { undoToast } from '@/ui/undo.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

const WEEK_STARTS: readonly WeekStart[] = ['monday', 'saturday', 'sunday'];

async function change(patch: UserPatch): Promise<void> {
  try {
    await changeMe(patch);
    undoToast(t('settings.saved'));
  } catch (error) {
    showError(t('error.save'), error);
  }
}

export function DaySettings({ user }: { user: User }) {
  const here = localZone();
  return (
    <Section title={t('settings.days')}>
      <SelectField
        label={t('settings.weekStart')}
        value={user.week_start}
        onChange={({ target }) =>
          change({ week_start: target.value as WeekStart })
        }
      >
        {WEEK_STARTS.map((day) => (
          <option key={day} value={day}>
            {t(`settings.${day}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('settings.zone')}
        hint={t('settings.zoneHelp', { zone: here })}
        value={user.time_zone}
        onChange={({ target }) => change({ time_zone: target.value })}
      >
        {zonesByRegion([user.time_zone, here]).map(([region, zones]) => (
          <optgroup key={region} label={region}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectField>
      {user.time_zone !== here && (
        <button
          type="button"
          className={`${button.button} ${styles.start}`}
          onClick={() => change({ time_zone: here })}
        >
          {t('settings.zoneUse', { zone: here })}
        </button>
      )}
    </Section>
  );
}
