import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { List, Task, TaskPatch } from '@/api/types.ts';
import {
  bringBackTask,
  changeTask,
  removeTask,
  TaskConflict,
} from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from '@/ui/errorText.ts';
import { showToast } from '@/ui/toasts.ts';
import { linger } from './lingering.ts';

function failed(error: unknown): void {
  if (error instanceof TaskConflict) {
    showToast({
      kind: 'error',
      text: t('error.save'),
      detail: t('error.conflict'),
      requestId: error.requestId,
    });
  } else {
    showError(t('error.save'), error);
  }
}

function undoToast(text: string, undo: () => Promise<unknown>): void {
  const run = () => void undo().catch(failed);
  showToast({ kind: 'info', text, action: { label: t('task.undo'), run } });
}

/** What can be done to a task; failures are told, undo is offered. */
export function useTaskActions() {
  const client = useQueryClient();
  return useMemo(() => {
    const change = (task: Task, patch: TaskPatch) => {
      const done = changeTask(client, task, patch);
      done.catch(failed);
      return done;
    };
    return {
      change: (task: Task, patch: TaskPatch) => void change(task, patch),
      /** Rejects if it fails; a conflict is told in the text's own field. */
      saveText(task: Task, patch: TaskPatch) {
        const done = changeTask(client, task, patch);
        done.catch((error: unknown) => {
          if (!(error instanceof TaskConflict)) {
            failed(error);
          }
        });
        return done;
      },
      toggle(task: Task) {
        linger(task.id);
        const done = change(task, { completed: !task.completed });
        if (!task.completed) {
          // A repeating task has moved on to its next date instead.
          const { due } = task;
          undoToast(t('task.completedToast'), async () => {
            const stored = await done;
            const back = stored.completed ? { completed: false } : { due };
            await changeTask(client, stored, back);
          });
        }
      },
      move(task: Task, list: List | null) {
        const done = change(task, { list_id: list?.id ?? null });
        const name = list?.name ?? t('nav.inbox');
        undoToast(t('task.movedToast', { list: name }), async () =>
          changeTask(client, await done, { list_id: task.list_id }),
        );
      },
      remove(task: Task) {
        const done = removeTask(client, task);
        done.catch(failed);
        undoToast(t('task.deletedToast'), async () =>
          bringBackTask(client, await done),
        );
      },
      restore(task: Task) {
        bringBackTask(client, task).catch(failed);
        showToast({ kind: 'info', text: t('task.restoredToast') });
      },
    };
  }, [client]);
}
