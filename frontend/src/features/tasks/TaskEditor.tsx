import { Flag, Inbox, Trash2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Priority, Task } from '@/api/types.ts';
import { useLists } from '@/data/lists.ts';
import { useParkedOf } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import { withDue } from '@/model/withDue.ts';
import button from '@/ui/button.module.css';
import { Dot } from '@/ui/Dot.tsx';
import { CheckCircle } from './CheckCircle.tsx';
import { ChoiceMenu } from './ChoiceMenu.tsx';
import { DraftField } from './DraftField.tsx';
import { DuePicker } from './DuePicker.tsx';
import { MoreFields, ParentPath, Subtasks } from './editorParts.tsx';
import styles from './TaskEditor.module.css';
import { taskActions } from './taskActions.ts';

const PRIORITIES: Priority[] = ['high', 'medium', 'low', 'none'];
const INBOX = 'inbox';

interface TaskEditorProps {
  task: Task;
  onClose: () => void;
}

/** A task opened in its place in the list. */
export function TaskEditor({ task, onClose }: TaskEditorProps) {
  const parked = useParkedOf(task.id);
  const parkedFor = (field: 'title' | 'notes') =>
    parked.find(({ op }) =>
      op.type === 'create'
        ? field === 'title'
        : op.type === 'update' && field in op.patch,
    );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      onClose();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes
    <div className={styles.editor} data-task-editor="" onKeyDown={onKeyDown}>
      {task.parent_id !== null && <ParentPath task={task} />}
      <div className={styles.top}>
        <CheckCircle task={task} onToggle={() => taskActions.toggle(task)} />
        <div className={styles.texts}>
          <DraftField
            taskId={task.id}
            field="title"
            value={task.title}
            parked={parkedFor('title')}
            save={(text, base) =>
              taskActions.saveText(task, 'title', text.trim(), base)
            }
            onDone={onClose}
          />
          <DraftField
            taskId={task.id}
            field="notes"
            value={task.notes}
            parked={parkedFor('notes')}
            save={(text, base) =>
              taskActions.saveText(task, 'notes', text, base)
            }
            onDone={onClose}
          />
        </div>
      </div>
      <Subtasks task={task} />
      <div className={styles.bar}>
        <DuePicker
          value={task.due}
          onChange={(due) => taskActions.change(task, withDue(task, due))}
        />
        <PriorityChoice task={task} />
        <ListChoice task={task} />
        <MoreFields task={task} />
        <span className={styles.end}>
          <button
            type="button"
            className={button.icon}
            aria-label={t('task.remove', { title: task.title })}
            onClick={() => {
              onClose();
              taskActions.remove(task);
            }}
          >
            <Trash2 size={17} />
          </button>
          <button type="button" className={styles.done} onClick={onClose}>
            {t('task.done')}
          </button>
        </span>
      </div>
    </div>
  );
}

function PriorityChoice({ task }: { task: Task }) {
  const flag = (priority: Priority) => (
    <Flag
      size={15}
      className={styles.flag}
      data-priority={priority}
      aria-hidden="true"
    />
  );
  return (
    <ChoiceMenu
      label={t('task.priority')}
      icon={flag(task.priority)}
      shown={t(`priority.${task.priority}`)}
      choices={PRIORITIES.map((priority) => ({
        id: priority,
        label: t(`priority.${priority}`),
        icon: flag(priority),
      }))}
      selected={task.priority}
      onSelect={(id) => {
        const priority = PRIORITIES.find((item) => item === id);
        if (priority && priority !== task.priority) {
          taskActions.change(task, { priority });
        }
      }}
    />
  );
}

function ListChoice({ task }: { task: Task }) {
  const lists = useLists() ?? [];
  const current = lists.find((list) => list.id === task.list_id);
  const inbox = <Inbox size={15} aria-hidden="true" />;
  return (
    <ChoiceMenu
      label={t('task.moveTo')}
      icon={current ? <Dot color={current.color} /> : inbox}
      shown={current?.name ?? t('nav.inbox')}
      choices={[
        { id: INBOX, label: t('nav.inbox'), icon: inbox },
        ...lists.map((list) => ({
          id: list.id,
          label: list.name,
          icon: <Dot color={list.color} />,
        })),
      ]}
      selected={task.list_id ?? INBOX}
      onSelect={(id) => {
        if (id !== (task.list_id ?? INBOX)) {
          taskActions.move(task, lists.find((list) => list.id === id) ?? null);
        }
      }}
    />
  );
}
