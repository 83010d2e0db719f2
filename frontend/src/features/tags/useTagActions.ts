import { useNavigate } from 'react-router';
import { renameTag } from '@/data/tags.ts';
import { t } from '@/i18n/i18n.ts';
import { pathOfTag } from '@/model/view.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';

/** Changes of all tasks that have a tag; each is one act to undo. */
export function useTagActions() {
  const navigate = useNavigate();
  const swap = async (tag: string, next: string | null, said: string) => {
    try {
      if ((await renameTag(tag, next)) > 0) {
        undoToast(said, () => navigate(pathOfTag(tag)));
      }
      navigate(next === null ? '/inbox' : pathOfTag(next));
    } catch (error) {
      showError(t('error.save'), error);
    }
  };
  return {
    rename: (tag: string, next: string) =>
      swap(tag, next, t('tag.renamedToast', { tag, next })),
    remove: (tag: string) =>
      void swap(tag, null, t('tag.deletedToast', { tag })),
  };
}
