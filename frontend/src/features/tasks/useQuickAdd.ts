import { useEffect, useState } from 'react';
import type { Due } from '@/api/types.ts';
import { dropDraft, NEW_TASK, readDraft, writeDraft } from '@/data/drafts.ts';
import { useLists } from '@/data/lists.ts';
import { knownTags } from '@/data/tags.ts';
import { addTasks, type NewTask } from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import type { Chip, Parsed, parseQuickAdd } from '@/model/quickAdd.ts';
import { showError } from '@/ui/errorText.ts';

type Parse = typeof parseQuickAdd;

interface Parser {
  parse: Parse;
  tags: string[];
}

/** Once for the page; tried again when it has failed. */
let loading: Promise<Parser> | null = null;

/** The parser comes with the focus: the list is drawn without it. */
export function loadParser(): Promise<Parser> {
  loading ??= import('@/model/quickAdd.ts').then(async (module) => ({
    parse: module.parseQuickAdd,
    tags: await knownTags().catch(() => []),
  }));
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/** The texts of a field for new tasks, and what they are read as. */
export function useQuickAdd(listId: string | null, day: string | null) {
  const [text, setText] = useState(() => readDraft(NEW_TASK)?.text ?? '');
  const [parser, setParser] = useState<Parser | null>(null);
  const [rejected, setRejected] = useState<string[]>([]);
  // undefined: nothing chosen, the line or else the view's own day counts.
  const [chosen, setChosen] = useState<Due | null | undefined>();
  const lists = useLists();

  const load = () => {
    loadParser().then(setParser, () => undefined);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for a draft
  useEffect(() => {
    if (text !== '') {
      load();
    }
  }, []);

  const read = (line: string, by: Parser | null): Parsed | null =>
    by?.parse(line, {
      now: new Date(),
      day,
      lists: lists ?? [],
      tags: by.tags,
      rejected,
    }) ?? null;
  const parsed = read(text, parser);

  const type = (next: string) => {
    setText(next);
    if (next === '') {
      setRejected([]);
      dropDraft(NEW_TASK);
    } else {
      writeDraft(NEW_TASK, { text: next, base: '' });
    }
  };

  const toTask = (line: string, by: Parser | null): NewTask => {
    const found = read(line, by);
    const own = found?.due ?? wholeDay(found ? null : day);
    const due = chosen === undefined ? own : chosen;
    return {
      title: (found?.title ?? line.trim()).slice(0, 500),
      listId: found?.list?.id ?? listId,
      due,
      ...(found?.tags.length && { tags: found.tags }),
      ...(found?.priority && { priority: found.priority }),
      ...(due && found?.recurrence && { recurrence: found.recurrence }),
    };
  };

  /** Resolves to what was added; null: nothing was, and the text is back. */
  const add = async (lines: string[]): Promise<NewTask[] | null> => {
    const wanted = text;
    setText('');
    setRejected([]);
    setChosen(undefined);
    try {
      // Who is faster than the network waits; without one the line counts.
      const by = parser ?? (await loadParser().catch(() => null));
      const tasks = lines.map((line) => toTask(line, by));
      const adding = addTasks(tasks);
      if (readDraft(NEW_TASK)?.text === wanted) {
        dropDraft(NEW_TASK);
      }
      await adding;
      return tasks;
    } catch (error) {
      // Behind what has been typed since.
      setText((now) => {
        const next = now === '' ? lines.join(' ') : `${now} ${lines.join(' ')}`;
        writeDraft(NEW_TASK, { text: next, base: '' });
        return next;
      });
      showError(t('error.add'), error, t('error.addHelp'));
      return null;
    }
  };

  return {
    text,
    type,
    load,
    chips: (parsed?.chips ?? []).filter(
      ({ kind }) => chosen === undefined || (kind !== 'day' && kind !== 'time'),
    ),
    due: chosen === undefined ? (parsed?.due ?? wholeDay(day)) : chosen,
    choose: setChosen,
    reject: (chip: Chip) =>
      setRejected((all) => [
        ...all,
        text.slice(chip.start, chip.end).trim().toLowerCase(),
      ]),
    kept: rejected.at(-1) ?? '',
    nameOf: (id: string | null) =>
      lists?.find((list) => list.id === id)?.name ?? t('nav.inbox'),
    add,
  };
}

function wholeDay(day: string | null): Due | null {
  return day === null ? null : { date: day, time: null, time_zone: null };
}
