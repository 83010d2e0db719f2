import { CalendarDays, Clock, Flag, Inbox, Repeat, Tag, X } from 'lucide-react';
import { t } from '@/i18n/i18n.ts';
import { describeRule } from '@/model/describeRule.ts';
import type { Chip } from '@/model/quickAdd.ts';
import { formatDay, formatTime } from '@/ui/formatDay.ts';
import styles from './QuickAddChips.module.css';

const ICONS = {
  day: CalendarDays,
  time: Clock,
  rule: Repeat,
  tag: Tag,
  priority: Flag,
  list: Inbox,
};

function shownAs(chip: Chip, today: string): string {
  switch (chip.kind) {
    case 'day': {
      const day = formatDay(chip.day, today);
      return chip.time === null
        ? day
        : t('due.at', { day, time: formatTime(chip.time) });
    }
    case 'time':
      return formatTime(chip.time);
    case 'rule': {
      const rule = describeRule(chip.rule, (day) => formatDay(day, today));
      return chip.from === 'due' ? rule : t('rule.completion', { rule });
    }
    case 'tag':
      return chip.tag;
    case 'priority':
      return t('quick.priority', {
        priority: t(`priority.${chip.priority}`),
      });
    case 'list':
      return chip.list.name;
  }
}

interface QuickAddChipsProps {
  text: string;
  chips: readonly Chip[];
  today: string;
  /** What was just rejected, for those who do not see it. */
  kept: string;
  onReject: (chip: Chip) => void;
}

/** What was read from the line; a click gives the words back to the title. */
export function QuickAddChips(props: QuickAddChipsProps) {
  const { text, chips, today, kept, onReject } = props;
  const values = chips.map((chip) => shownAs(chip, today));
  const heard =
    values.length > 0 && t('quick.heard', { chips: values.join(', ') });
  return (
    <>
      <span className="sr-only" role="status">
        {kept && t('quick.kept', { words: kept })} {heard}
      </span>
      {chips.length > 0 && (
        <ul className={styles.chips} aria-label={t('quick.chips')}>
          {chips.map((chip, index) => {
            const Icon = ICONS[chip.kind];
            const value = values[index] ?? '';
            const words = text.slice(chip.start, chip.end).trim();
            return (
              <li key={chip.start}>
                <button
                  type="button"
                  className={styles.chip}
                  aria-label={t('quick.keep', { value, words })}
                  onClick={() => onReject(chip)}
                >
                  <Icon
                    size={14}
                    aria-hidden="true"
                    data-priority={chip.kind === 'priority' && chip.priority}
                  />
                  <span className={styles.value}>{value}</span>
                  <X size={13} className={styles.cross} aria-hidden="true" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

interface QuickAddMarksProps {
  text: string;
  chips: readonly Chip[];
  scroll: number;
}

/** Behind the field: the words of the chips, marked. */
export function QuickAddMarks({ text, chips, scroll }: QuickAddMarksProps) {
  const edges = chips.map(({ start }, index) => [
    text.slice(chips[index - 1]?.end ?? 0, start),
    text.slice(start, chips[index]?.end),
  ]);
  return (
    <span className={styles.marks} aria-hidden="true">
      <span style={{ transform: `translateX(${-scroll}px)` }}>
        {edges.map(([before, words], index) => (
          <span key={chips[index]?.start}>
            {before}
            <mark className={styles.mark}>{words}</mark>
          </span>
        ))}
      </span>
    </span>
  );
}
