import type { Due } from '@/api/types.ts';
import { enEdit } from '@/i18n/enEdit.ts';
import { addTexts, t } from '@/i18n/i18n.ts';
import { localZone } from '@/model/dates.ts';
import { zonesByRegion } from '@/model/zones.ts';
import { formatDue } from '@/ui/formatDay.ts';
import { SelectField } from '@/ui/SelectField.tsx';
import { useToday } from '@/ui/useToday.ts';

addTexts(enEdit);

interface ZoneChoiceProps {
  due: Due;
  onZone: (zone: string | null) => void;
}

/** Whose clock a time is of: the reader's, wherever they are, or a place's. */
export function ZoneChoice({ due, onZone }: ZoneChoiceProps) {
  const here = localZone();
  const zone = due.time_zone;
  const today = useToday();
  return (
    <SelectField
      label={t('zone.label')}
      value={zone ?? ''}
      onChange={({ target }) => onZone(target.value || null)}
      hint={
        zone !== null &&
        zone !== here &&
        t('zone.here', { moment: formatDue(due, today) })
      }
    >
      <option value="">{t('zone.floating')}</option>
      <option value={here}>{here.replaceAll('_', ' ')}</option>
      {zonesByRegion(zone === null ? [] : [zone]).map(([region, zones]) => (
        <optgroup key={region} label={region}>
          {zones
            .filter((name) => name !== here)
            .map((name) => (
              <option key={name} value={name}>
                {name.replaceAll('_', ' ')}
              </option>
            ))}
        </optgroup>
      ))}
    </SelectField>
  );
}
