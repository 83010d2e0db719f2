import type { Due, Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { formatHeading } from '@/ui/formatDay.ts';
import { useToday } from '@/ui/useToday.ts';
import { describeRepeat } from './describeRepeat.ts';
import styles from './MoreFields.module.css';
import { usePreview } from './usePreview.ts';

interface RepeatPreviewProps {
  recurrence: Task['recurrence'];
  due: Due;
}

/** The rule as a sentence, and the days that it leads to. */
export function RepeatPreview({ recurrence, due }: RepeatPreviewProps) {
  const today = useToday();
  const preview = usePreview(recurrence, due, today);
  if (!recurrence) {
    return <div role="status" />;
  }
  // What is late is done today at the earliest.
  const isLate = due.date < today && recurrence.from === 'completion';
  const first = isLate ? today : due.date;
  return (
    <div role="status" className={styles.preview}>
      <p className={styles.sentence}>{describeRepeat(recurrence, today)}</p>
      {preview.kind === 'failed' && <p>{preview.text}</p>}
      {preview.kind === 'dates' && (
        <>
          <p>{t(`repeat.dates.${recurrence.from}`)}</p>
          <ul className={styles.dates}>
            {[first, ...preview.dates].map((date) => (
              <li key={date}>{formatHeading(date, today)}</li>
            ))}
            <li>{t(preview.more ? 'repeat.andSoOn' : 'repeat.itEnds')}</li>
          </ul>
        </>
      )}
    </div>
  );
}
