import { Suspense } from 'react';
import type { Task } from '@/api/types.ts';
import button from '@/ui/button.module.css';
import { lazyPart } from '@/ui/lazyPart.ts';
import styles from './editorParts.module.css';

/* Parts of the opened task that come with the first one that is opened. */

const load = () => import('./Subtasks.tsx');
const LazySubtasks = lazyPart(async () => (await load()).Subtasks);
const LazyPath = lazyPart(async () => (await load()).ParentPath);
const LazyMoreFields = lazyPart(
  async () => (await import('./MoreFields.tsx')).MoreFields,
);

/** Repeat, start day and a chip for another tag. */
const FIELDS = 3;

export function MoreFields({ task }: { task: Task }) {
  return (
    <Suspense fallback={<ChipPlaces count={FIELDS + task.tags.length} />}>
      <LazyMoreFields task={task} />
    </Suspense>
  );
}

/** What comes after them must not move under a pointer. */
function ChipPlaces({ count }: { count: number }) {
  return Array.from({ length: count }, (_, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
      key={index}
      className={`${button.chip} ${styles.chip}`}
      aria-hidden="true"
    />
  ));
}

export function Subtasks({ task }: { task: Task }) {
  return (
    <Suspense fallback={<div className={styles.place} />}>
      <LazySubtasks task={task} />
    </Suspense>
  );
}

export function ParentPath({ task }: { task: Task }) {
  return (
    <Suspense fallback={<div className={styles.place} />}>
      <LazyPath task={task} />
    </Suspense>
  );
}
