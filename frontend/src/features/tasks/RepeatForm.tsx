import { type SubmitEvent, useState } from 'react';
import type { Due, Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { firstDay } from '@/model/recurrence.ts';
import {
  type RepeatForm as Form,
  formOf,
  KINDS,
  recurrenceOf,
  ruleOf,
} from '@/model/repeatForm.ts';
import { same } from '@/model/same.ts';
import button from '@/ui/button.module.css';
import { SelectField } from '@/ui/SelectField.tsx';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import { undoToast } from '@/ui/undo.ts';
import { useToday } from '@/ui/useToday.ts';
import { describeRepeat } from './describeRepeat.ts';
import styles from './MoreFields.module.css';
import { NumberField } from './NumberField.tsx';
import { RepeatEnd } from './RepeatEnd.tsx';
import { RepeatPlace } from './RepeatPlace.tsx';
import { RepeatPreview } from './RepeatPreview.tsx';
import { RepeatWeekdays } from './RepeatWeekdays.tsx';
import { taskActions } from './taskActions.ts';

interface RepeatFormProps {
  task: Task;
  onClose: () => void;
}

export function RepeatSheet(props: RepeatFormProps & { isOpen: boolean }) {
  const { task, isOpen, onClose } = props;
  return (
    <Sheet title={t('repeat.title')} isOpen={isOpen} onClose={onClose}>
      <RepeatForm task={task} onClose={onClose} />
    </Sheet>
  );
}

/** How a task repeats; nothing is changed before it is saved. */
function RepeatForm({ task, onClose }: RepeatFormProps) {
  const today = useToday();
  const [form, setForm] = useState(() =>
    formOf(task.recurrence, task.due?.date ?? today),
  );
  const [isTried, setTried] = useState(false);
  const change = (part: Partial<Form>) => setForm({ ...form, ...part });
  const recurrence = recurrenceOf(form, task.recurrence);
  const due = dueFor(task, form, today);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (recurrence === undefined) {
      setTried(true);
      return;
    }
    onClose();
    save(task, recurrence, due, today);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <SelectField
        label={t('repeat.kind.label')}
        value={form.kind}
        onChange={({ target }) =>
          change({ kind: target.value as Form['kind'] })
        }
        hint={form.kind === 'kept' && t('repeat.kept')}
      >
        {task.recurrence && formOf(task.recurrence, today).kind === 'kept' && (
          <option value="kept">{t('repeat.kind.kept')}</option>
        )}
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`repeat.kind.${kind}`)}
          </option>
        ))}
      </SelectField>
      {form.kind !== 'none' && (
        <>
          <RepeatFields form={form} change={change} isTried={isTried} />
          <SelectField
            label={t('repeat.from.label')}
            value={form.from}
            onChange={({ target }) =>
              change({ from: target.value as Form['from'] })
            }
          >
            <option value="due">{t('repeat.from.due')}</option>
            <option value="completion">{t('repeat.from.completion')}</option>
          </SelectField>
        </>
      )}
      <RepeatPreview recurrence={recurrence ?? null} due={due} />
      <SheetButtons>
        <button type="button" className={button.button} onClick={onClose}>
          {t('repeat.cancel')}
        </button>
        <button type="submit" className={button.primary}>
          {t('repeat.save')}
        </button>
      </SheetButtons>
    </form>
  );
}

interface RepeatFieldsProps {
  form: Form;
  change: (part: Partial<Form>) => void;
  isTried: boolean;
}

/** The fields of what was chosen. */
function RepeatFields({ form, change, isTried }: RepeatFieldsProps) {
  const { kind } = form;
  if (kind === 'none' || kind === 'kept') {
    return null;
  }
  return (
    <>
      {kind !== 'WORKDAYS' && (
        <NumberField
          name="interval"
          label={t(`repeat.interval.${kind}`)}
          value={form.interval}
          onValue={(interval) => change({ interval })}
        />
      )}
      {kind === 'WEEKLY' && <RepeatWeekdays form={form} change={change} />}
      {(kind === 'MONTHLY' || kind === 'YEARLY') && (
        <RepeatPlace form={form} change={change} />
      )}
      <RepeatEnd form={form} change={change} isTried={isTried} />
    </>
  );
}

/** What repeats needs a day: the first one that its rule names. */
function dueFor(task: Task, form: Form, today: string): Due {
  const rule = ruleOf(form);
  return (
    task.due ?? {
      date: (rule && firstDay(rule, today)) ?? today,
      time: null,
      time_zone: null,
    }
  );
}

function save(
  task: Task,
  recurrence: Task['recurrence'],
  due: Due,
  today: string,
): void {
  if (same(recurrence, task.recurrence)) {
    return;
  }
  const needsDue = recurrence !== null && task.due === null;
  taskActions.change(task, { recurrence, ...(needsDue && { due }) });
  undoToast(
    recurrence
      ? t('repeat.savedToast', { rule: describeRepeat(recurrence, today) })
      : t('repeat.removedToast'),
  );
}
