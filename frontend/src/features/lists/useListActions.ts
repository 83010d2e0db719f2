import { useQueryClient } from '@tanstack/react-query';
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
import { showToast } from '@/ui/toasts.ts';

export function useListActions() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const failed = (error: unknown) => showError(t('error.save'), error);
  return {
    /** Rejects if it fails: the form keeps what was typed. */
    async create(name: string, color: string | null) {
      const list = await addList(client, name, color);
      navigate(`/lists/${list.id}`);
    },
    async change(list: List, name: string, color: string | null) {
      await changeList(client, list, { name, color });
    },
    restore(list: List) {
      bringBackList(client, list)
        .then(() => navigate(`/lists/${list.id}`))
        .catch(failed);
    },
    remove(list: List) {
      const done = removeList(client, list);
      navigate('/inbox');
      const undo = () =>
        done
          .then(() => bringBackList(client, list))
          .then(() => navigate(`/lists/${list.id}`))
          .catch(failed);
      showToast({
        kind: 'info',
        text: t('list.deletedToast', { list: list.name }),
        action: { label: t('task.undo'), run: undo },
      });
      done.catch(failed);
    },
  };
}
