import { TrashedLists } from '@/features/lists/TrashedLists.tsx';
import { QuickAdd } from '@/features/tasks/QuickAdd.tsx';
import { SelectButton } from '@/features/tasks/SelectButton.tsx';
import { TaskList } from '@/features/tasks/TaskList.tsx';
import { t } from '@/i18n/i18n.ts';
import { daysFrom } from '@/model/dates.ts';
import type { Place } from '@/model/view.ts';
import { formatDate } from '@/ui/formatDay.ts';
import { useToday } from '@/ui/useToday.ts';
import styles from './PlacePage.module.css';
import { ViewFrame } from './ViewFrame.tsx';

/** Inbox, Today, Upcoming, Completed and Trash. */
export function PlacePage({ place }: { place: Place }) {
  const today = useToday();
  const title = t(`nav.${place}`);
  return (
    <ViewFrame
      title={title}
      lead={place === 'today' ? formatDate(today) : undefined}
      tools={<SelectButton />}
    >
      {place !== 'completed' && place !== 'trash' && (
        <QuickAdd
          listId={null}
          day={dayFor(place, today)}
          label={t('task.add')}
        />
      )}
      {place === 'trash' && <p className={styles.note}>{t('trash.note')}</p>}
      {place === 'trash' && <TrashedLists />}
      <TaskList view={{ kind: place }} label={title} />
    </ViewFrame>
  );
}

function dayFor(place: Place, today: string): string | null {
  switch (place) {
    case 'today':
      return today;
    case 'upcoming':
      return daysFrom(today, 1);
    default:
      return null;
  }
}
