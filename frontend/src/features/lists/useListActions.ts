import { useNavigate } from 'react-router';
import type { List } from '@/api/types.ts';
import {
  addList,
  bringBackList,
  changeList,
  removeList,
} from '@/data/lists.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';

export function useListActions() {
  const navigate = useNavigate();
  const failed = (error: unknown) => showError(t('error.save'), error);
  const restore = (list: List) => {
    bringBackList(list.id)
      .then(() => navigate(`/lists/${list.id}`))
      .catch(failed);
  };
  return {
    /** Rejects if the browser cannot keep it, as change() does. */
    async create(name: string, color: string | null) {
      navigate(`/lists/${await addList(name, color)}`);
    },
    async change(list: List, name: string, color: string | null) {
      await changeList(list.id, {
        ...(name !== list.name && { name }),
        ...(color !== list.color && { color }),
      });
    },
    restore,
    remove(list: List) {
      removeList(list.id).catch(failed);
      navigate('/inbox');
      undoToast(t('list.deletedToast', { list: list.name }), () =>
        navigate(`/lists/${list.id}`),
      );
    },
  };
}
