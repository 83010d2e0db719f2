import type { Task } from '@/api/types.ts';
import { dayOf, dueDay, localDue } from './dates.ts';
import { byOrder } from './order.ts';
import type { View } from './view.ts';

/** A run of tasks under one heading. */
export interface Section<T extends Task = Task> {
  key: string;
  heading:
    | { kind: 'none' | 'overdue' | 'today' }
    | { kind: 'day'; day: string };
  tasks: T[];
}

/** Groups and sorts a view's tasks as the screen shows them. */
export function sectionsOf<T extends Task>(
  view: View,
  tasks: readonly T[],
  today: string,
): Section<T>[] {
  switch (view.kind) {
    case 'today':
      return todaySections(tasks, today);
    case 'upcoming':
      return byDay([...tasks].sort(byDue), (task) =>
        task.due ? dueKey(task).slice(0, 10) : null,
      );
    case 'completed':
      return byDay([...tasks].sort(latest('completed_at')), doneDay);
    case 'inbox':
    case 'list':
    case 'tag':
      return one([...tasks].sort(byOrder));
    case 'trash':
      return one([...tasks].sort(latest('deleted_at')));
    case 'search':
      return one([...tasks]);
  }
}

function one<T extends Task>(tasks: T[]): Section<T>[] {
  return tasks.length === 0
    ? []
    : [{ key: 'all', heading: { kind: 'none' }, tasks }];
}

function todaySections<T extends Task>(
  tasks: readonly T[],
  today: string,
): Section<T>[] {
  const sorted = [...tasks].sort(byDue);
  const isLate = (task: Task) => task.due !== null && dueDay(task.due) < today;
  const late = sorted.filter(isLate);
  const rest = sorted.filter((task) => !isLate(task));
  const sections: Section<T>[] = [];
  if (late.length > 0) {
    sections.push({
      key: 'overdue',
      heading: { kind: 'overdue' },
      tasks: late,
    });
  }
  if (rest.length > 0) {
    sections.push({ key: 'today', heading: { kind: 'today' }, tasks: rest });
  }
  return sections;
}

function byDay<T extends Task>(
  tasks: readonly T[],
  dayOfTask: (task: T) => string | null,
): Section<T>[] {
  const days = new Map<string, T[]>();
  for (const task of tasks) {
    const day = dayOfTask(task) ?? '';
    const list = days.get(day);
    if (list) {
      list.push(task);
    } else {
      days.set(day, [task]);
    }
  }
  return Array.from(days, ([day, list]) => ({
    key: day || 'none',
    heading: day ? { kind: 'day', day } : { kind: 'none' },
    tasks: list,
  }));
}

/** By day; within it the whole-day tasks first, then by the clock. */
function byDue(a: Task, b: Task): number {
  const [one, other] = [dueKey(a), dueKey(b)];
  return one === other ? byOrder(a, b) : one < other ? -1 : 1;
}

/** Tasks are never changed in place: what follows from one is kept. */
function keptFor<T>(find: (task: Task) => T): (task: Task) => T {
  const known = new WeakMap<Task, T>();
  return (task) => {
    const value = known.get(task) ?? find(task);
    known.set(task, value);
    return value;
  };
}

const dueKey = keptFor((task) => {
  if (task.due === null) {
    return '9999';
  }
  const { day, time } = localDue(task.due);
  return `${day} ${time ?? ''}`;
});

const doneDay = keptFor((task) =>
  task.completed_at ? dayOf(new Date(task.completed_at)) : null,
);

function latest(field: 'completed_at' | 'deleted_at') {
  return (a: Task, b: Task): number => {
    const [one, other] = [a[field] ?? '', b[field] ?? ''];
    return one === other ? (a.id < b.id ? 1 : -1) : one < other ? 1 : -1;
  };
}
