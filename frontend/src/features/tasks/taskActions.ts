import type { List, Task, TaskPatch } from '@/api/types.ts';
import { bringBackTask, changeTask, removeTask } from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from '@/ui/errorText.ts';
import { showToast } from '@/ui/toasts.ts';
import { linger } from './lingering.ts';

/** The browser could not keep it: its storage is full or forbidden. */
function failed(error: unknown): void {
  showError(t('error.save'), error);
}

function undoToast(text: string, undo: () => Promise<void>): void {
  const run = () => void undo().catch(failed);
  showToast({ kind: 'info', text, action: { label: t('task.undo'), run } });
}

/** What can be done to a task; undo is offered. */
export const taskActions = {
  change(task: Task, patch: TaskPatch) {
    changeTask(task.id, patch).catch(failed);
  },
  /** Rejects if the text could not be kept. */
  async saveText(
    task: Task,
    field: 'title' | 'notes',
    text: string,
    base: string,
  ) {
    try {
      await changeTask(task.id, { [field]: text }, { [field]: base });
    } catch (error) {
      failed(error);
      throw error;
    }
  },
  toggle(task: Task) {
    linger(task.id);
    taskActions.change(task, { completed: !task.completed });
    if (!task.completed) {
      // A repeating task moves on to its next date instead.
      const back = task.recurrence
        ? { completed: false, due: task.due }
        : { completed: false };
      undoToast(t('task.completedToast'), () => changeTask(task.id, back));
    }
  },
  move(task: Task, list: List | null) {
    taskActions.change(task, { list_id: list?.id ?? null });
    const name = list?.name ?? t('nav.inbox');
    undoToast(t('task.movedToast', { list: name }), () =>
      changeTask(task.id, { list_id: task.list_id }),
    );
  },
  remove(task: Task) {
    removeTask(task).catch(failed);
    undoToast(t('task.deletedToast'), () => bringBackTask(task));
  },
  restore(task: Task) {
    bringBackTask(task).catch(failed);
    showToast({ kind: 'info', text: t('task.restoredToast') });
  },
};
