import { Inbox } from 'lucide-react';
import { useState } from 'react';
import type { Due } from '@/api/types.ts';
import { useLists } from '@/data/lists.ts';
import { useTasksById } from '@/data/tags.ts';
import { t } from '@/i18n/i18n.ts';
import { fuzzyFilter } from '@/model/fuzzy.ts';
import { Dot } from '@/ui/Dot.tsx';
import type { Pick } from '@/ui/PickList.tsx';
import { PickSheet } from '@/ui/PickSheet.tsx';
import { Sheet } from '@/ui/Sheet.tsx';
import { bulkActions } from './bulkActions.ts';
import { DuePanel } from './DuePanel.tsx';
import { ask, type Prompt } from './prompt.ts';
import { TagPicker } from './TagPicker.tsx';

const close = () => ask(null);

/** Asks for a date, a list or tags, for one task or many. */
export function TaskPrompts({ what, ids }: Prompt) {
  switch (what) {
    case 'due':
      return <DuePrompt ids={ids} />;
    case 'list':
      return <ListPrompt ids={ids} />;
    case 'tags':
      return <TagPicker ids={ids} onClose={close} />;
  }
}

interface Props {
  ids: readonly string[];
}

function DuePrompt({ ids }: Props) {
  const tasks = useTasksById(ids);
  const [chosen, setChosen] = useState<Due | null | undefined>();
  const [first] = tasks ?? [];
  const draft = chosen === undefined ? (first?.due ?? null) : chosen;
  return (
    <Sheet title={t('prompt.due')} isOpen onClose={close}>
      {tasks && (
        <DuePanel
          draft={draft}
          onDraft={setChosen}
          onClose={(due) => {
            close();
            void bulkActions.due(ids, due);
          }}
        />
      )}
    </Sheet>
  );
}

function ListPrompt({ ids }: Props) {
  const [query, setQuery] = useState('');
  const lists = useLists() ?? [];
  const picks: Pick[] = [null, ...lists].map((list) => ({
    id: list?.id ?? 'inbox',
    label: list?.name ?? t('nav.inbox'),
    icon: list ? <Dot color={list.color} /> : <Inbox size={16} />,
    run: () => {
      close();
      void bulkActions.move(ids, list);
    },
  }));
  return (
    <PickSheet
      label={t('prompt.list')}
      placeholder={t('prompt.findList')}
      empty={t('prompt.nothing')}
      query={query}
      onQuery={setQuery}
      onClose={close}
      groups={[
        {
          id: 'lists',
          heading: t('prompt.list'),
          picks: fuzzyFilter(query, picks, ({ label }) => label),
        },
      ]}
    />
  );
}
