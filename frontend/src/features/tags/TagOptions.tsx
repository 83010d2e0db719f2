import { useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { OptionsMenu } from '@/ui/OptionsMenu.tsx';
import { useTagActions } from './useTagActions.ts';

const TagSheet = lazySheet(
  async () => (await import('./TagSheet.tsx')).TagSheet,
);

/** The menu of one tag: rename or merge, take off everything. */
export function TagOptions({ tag }: { tag: string }) {
  const [editing, setEditing] = useState(false);
  const { remove } = useTagActions();
  return (
    <>
      <OptionsMenu
        label={t('tag.menu', { tag })}
        edit={{ text: t('tag.rename'), run: () => setEditing(true) }}
        remove={{ text: t('tag.delete'), run: () => remove(tag) }}
      />
      <TagSheet tag={tag} isOpen={editing} onClose={() => setEditing(false)} />
    </>
  );
}
