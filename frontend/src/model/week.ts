import type { WeekStart } from '@/api/types.ts';

/** As React Aria calls them. */
export const FIRST_DAYS = {
  monday: 'mon',
  saturday: 'sat',
  sunday: 'sun',
} as const satisfies Record<WeekStart, string>;

/** What a region is used to; monday where the browser cannot tell. */
export function localWeekStart(tag: string = navigator.language): WeekStart {
  const region: Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
  } = new Intl.Locale(tag);
  switch (region.getWeekInfo?.().firstDay) {
    case 6:
      return 'saturday';
    case 7:
      return 'sunday';
    default:
      return 'monday';
  }
}
