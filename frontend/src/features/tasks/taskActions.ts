import type { List, Task, TaskPatch } from '@/api/types.ts';
import { bringBackTask, changeTask, removeTask } from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';
import { linger } from './lingering.ts';

/** The browser could not keep it: its storage is full or forbidden. */
function failed(error: unknown): void {
  showError(t('error.save'), error);
}

/** What can be done to a task. All of it can be undone (data/undo.ts). */
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
    undoToast(t(task.completed ? 'task.reopenedToast' : 'task.completedToast'));
  },
  move(task: Task, list: List | null) {
    taskActions.change(task, {
      list_id: list?.id ?? null,
      // A subtask is where its parent is, or a task of its own.
      ...(task.parent_id !== null && { parent_id: null }),
    });
    const name = list?.name ?? t('nav.inbox');
    undoToast(t('task.movedToast', { list: name }));
  },
  remove(task: Task) {
    removeTask(task).catch(failed);
    undoToast(t('task.deletedToast'));
  },
  restore(task: Task) {
    bringBackTask(task).catch(failed);
    undoToast(t('task.restoredToast'));
  },
};
