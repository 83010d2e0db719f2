import { Suspense } from 'react';
import type { Task } from '@/api/types.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import styles from './editorParts.module.css';

/* Parts of the opened task that come with the first one that is opened. */

const load = () => import('./Subtasks.tsx');
const LazySubtasks = lazyPart(async () => (await load()).Subtasks);
const LazyPath = lazyPart(async () => (await load()).ParentPath);
const LazyMoreFields = lazyPart(
  async () => (await import('./MoreFields.tsx')).MoreFields,
);

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
