import { Check, Plus, Tag } from 'lucide-react';
import { useState } from 'react';
import { useTags, useTasksById } from '@/data/tags.ts';
import { t } from '@/i18n/i18n.ts';
import { fuzzyFilter } from '@/model/fuzzy.ts';
import { isTagName } from '@/model/tagName.ts';
import type { Pick } from '@/ui/PickList.tsx';
import { PickSheet } from '@/ui/PickSheet.tsx';
import { bulkActions } from './bulkActions.ts';

interface TagPickerProps {
  ids: readonly string[];
  /** Until it is closed, for one tag after the other. */
  stays?: boolean;
  onClose: () => void;
}

/** Finds or makes tags, and puts them on tasks or takes them off. */
export function TagPicker({ ids, stays = false, onClose }: TagPickerProps) {
  const [query, setQuery] = useState('');
  const tags = useTags() ?? [];
  const tasks = useTasksById(ids);
  const toggle = (tag: string, on: boolean) => () => {
    if (stays) {
      setQuery('');
    } else {
      onClose();
    }
    void bulkActions.tag(ids, tag, on);
  };
  const picks = tags.map(({ name }): Pick => {
    const isOnAll = tasks?.every((task) => task.tags.includes(name));
    return {
      id: `tag:${name}`,
      label: name,
      icon: <Tag size={16} />,
      hint: isOnAll && <Check size={16} aria-label={t('prompt.onAll')} />,
      run: toggle(name, !isOnAll),
    };
  });
  const wanted = query.trim().slice(0, 50);
  const fitting = fuzzyFilter(query, picks, ({ label }) => label);
  if (isTagName(wanted) && !tags.some(({ name }) => name === wanted)) {
    fitting.push({
      id: 'new',
      label: t('prompt.newTag', { tag: wanted }),
      icon: <Plus size={16} />,
      run: toggle(wanted, true),
    });
  }
  return (
    <PickSheet
      label={t('prompt.tags')}
      placeholder={t('prompt.findTag')}
      empty={t('prompt.findTag')}
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      groups={[
        {
          id: 'tags',
          heading: t('prompt.tags'),
          // Before it is read what they have, a tag might be taken off.
          picks: tasks ? fitting : [],
        },
      ]}
    />
  );
}
