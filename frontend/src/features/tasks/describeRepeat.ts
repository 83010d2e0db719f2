import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { describeRule } from '@/model/describeRule.ts';
import { fromRrule } from '@/model/recurrence.ts';
import { formatDay } from '@/ui/formatDay.ts';

/** A sentence, or the rule itself where there is none for it. */
export function describeRepeat(
  { rrule, from }: NonNullable<Task['recurrence']>,
  today: string,
): string {
  const known = fromRrule(rrule);
  const rule = known
    ? describeRule(known, (day) => formatDay(day, today))
    : rrule;
  return from === 'due' ? rule : t('rule.completion', { rule });
}
