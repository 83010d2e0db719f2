import { lazy, Suspense } from 'react';
import type { Task } from '@/api/types.ts';
import styles from './editorParts.module.css';

/* Parts of the opened task that come with the first one that is opened. */

const load = () => import('./Subtasks.tsx');
const LazySubtasks = lazy(async () => ({ default: (await load()).Subtasks }));
const LazyPath = lazy(async () => ({ default: (await load()).ParentPath }));
const LazyMoreFields = lazy(async () => ({
  default: (await import('./MoreFields.tsx')).MoreFields,
}));

export function MoreFields({ task }: { task: Task }) {
  return (
    <Suspense>
      <LazyMoreFields task={task} />
    </Suspense>
  );
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
