import type { ReactNode } from 'react';
import type { TaskRow as Task } from '@/data/db.ts';
import type { Section } from '@/model/sections.ts';
import { formatSection } from '@/ui/formatDay.ts';
import type { Item } from './rowItems.ts';
import styles from './TaskList.module.css';
import type { Drawn, RowWindow } from './useRowWindow.ts';

/** Where a row is in a list of which a part is drawn. */
export interface RowPlace {
  index?: number;
  nth?: number;
  of?: number;
  measure?: RowWindow['measure'];
}

interface RowsProps {
  sections: readonly Section<Task>[];
  items: readonly Item[];
  plan: RowWindow;
  label: string;
  today: string;
  row: (task: Task, section: Section<Task>, place: RowPlace) => ReactNode;
}

interface Part {
  section: number;
  rows: Drawn[];
  heading: number | null;
  /** What is left out after its last row, px. */
  end: number;
}

/** The sections of a list, as far as they are drawn. */
export function Rows(props: RowsProps) {
  const { sections, items, plan, label, today, row } = props;
  const { measure } = plan;
  const parts = partsOf(items, plan);
  const placeOf = (index: number, of: number): RowPlace =>
    measure ? { index, nth: items[index]?.nth, of, measure } : {};
  return (
    <div className={measure && styles.part}>
      <Space height={plan.drawn[0]?.space ?? 0} />
      {parts.map(({ section: at, rows, heading, end }) => {
        const section = sections[at];
        return (
          section && (
            <section key={section.key}>
              <SectionHeading
                section={section}
                isFirst={at === 0}
                today={today}
                place={heading === null ? {} : placeOf(heading, 0)}
              />
              <ul aria-label={label}>
                {rows.flatMap(({ index, space }) => {
                  const task = items[index]?.task;
                  const place = placeOf(index, section.tasks.length);
                  return [
                    <SpaceRow key={`before ${task?.id}`} height={space} />,
                    task && row(task, section, place),
                  ];
                })}
                <SpaceRow height={end} />
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

/** Space before the first of a section's items ends the section before it. */
function partsOf(items: readonly Item[], { drawn, rest }: RowWindow): Part[] {
  const parts: Part[] = [];
  for (const { index, space } of drawn) {
    const item = items[index];
    let part = parts.at(-1);
    let before = space;
    if (item && part?.section !== item.section) {
      endPart(part, space);
      before = 0;
      part = { section: item.section, rows: [], heading: null, end: 0 };
      parts.push(part);
    }
    if (item?.task) {
      part?.rows.push({ index, space: before });
    } else if (part) {
      part.heading = index;
    }
  }
  endPart(parts.at(-1), rest);
  return parts;
}

function endPart(part: Part | undefined, space: number): void {
  if (part) {
    part.end = space;
  }
}

function Space({ height }: { height: number }) {
  return height > 0 && <div aria-hidden="true" style={{ height }} />;
}

function SpaceRow({ height }: { height: number }) {
  return height > 0 && <li aria-hidden="true" style={{ height }} />;
}

interface SectionHeadingProps {
  section: Section;
  isFirst: boolean;
  today: string;
  place: RowPlace;
}

function SectionHeading(props: SectionHeadingProps) {
  const { section, isFirst, today, place } = props;
  const text = formatSection(section.heading, today);
  return (
    text !== null && (
      <h2
        ref={place.measure}
        data-index={place.index}
        className={styles.heading}
        data-kind={section.heading.kind}
        data-first={isFirst}
      >
        {text}
      </h2>
    )
  );
}
