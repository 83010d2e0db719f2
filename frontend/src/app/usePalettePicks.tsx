import {
  CalendarDays,
  Circle,
  CircleCheckBig,
  Contrast,
  Inbox,
  Keyboard,
  ListChecks,
  LogOut,
  Plus,
  Search,
  Settings,
  Sun,
  Tag,
  Trash2,
  Undo2,
} from 'lucide-react';
import { useNavigate } from 'react-router';
import { draftTask } from '@/data/drafts.ts';
import { useLists } from '@/data/lists.ts';
import { signOut, useSession } from '@/data/session.ts';
import { useSyncState } from '@/data/syncState.ts';
import { useTags } from '@/data/tags.ts';
import { useOpenTasks } from '@/data/tasks.ts';
import { selection } from '@/features/tasks/selection.ts';
import { t } from '@/i18n/i18n.ts';
import { scorer } from '@/model/search.ts';
import { PLACES, pathOf, pathOfTag } from '@/model/view.ts';
import { Dot } from '@/ui/Dot.tsx';
import { showError } from '@/ui/errorText.ts';
import { Keys } from '@/ui/Keys.tsx';
import type { Pick } from '@/ui/PickList.tsx';
import { SHORTCUTS } from '@/ui/shortcutTable.ts';
import { setTheme, THEME_TEXTS, THEMES } from '@/ui/theme.ts';
import { showToast } from '@/ui/toasts.ts';
import { undoAct } from '@/ui/undo.ts';

const MAX_TASKS = 8;

const ICONS = {
  inbox: <Inbox size={16} />,
  today: <Sun size={16} />,
  upcoming: <CalendarDays size={16} />,
  completed: <CircleCheckBig size={16} />,
  trash: <Trash2 size={16} />,
};

/** Views, lists and tags. */
export function usePlacePicks(): Pick[] {
  const navigate = useNavigate();
  const lists = useLists() ?? [];
  const tags = useTags() ?? [];
  return [
    ...PLACES.map((place) => ({
      id: place,
      label: t(`nav.${place}`),
      icon: ICONS[place],
      hint: <Keys keys={SHORTCUTS.go[place][0]} />,
      run: () => navigate(`/${place}`),
    })),
    {
      id: 'search',
      label: t('nav.search'),
      icon: <Search size={16} />,
      hint: <Keys keys="/" />,
      run: () => navigate('/search'),
    },
    {
      id: 'settings',
      label: t('settings.title'),
      icon: <Settings size={16} />,
      run: () => navigate('/settings'),
    },
    ...lists.map((list) => ({
      id: `list:${list.id}`,
      label: list.name,
      icon: <Dot color={list.color} />,
      run: () => navigate(`/lists/${list.id}`),
    })),
    ...tags.map(({ name }) => ({
      id: `tag:${name}`,
      label: name,
      icon: <Tag size={16} />,
      run: () => navigate(pathOfTag(name)),
    })),
  ];
}

/** Open tasks that have the words; undefined until all are read. */
export function useTaskPicks(query: string): Pick[] | undefined {
  const navigate = useNavigate();
  const tasks = useOpenTasks();
  const score = scorer(query);
  const found = tasks
    ?.map((task) => ({ task, fits: score(task) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .slice(0, MAX_TASKS);
  return found?.map(({ task }) => ({
    id: `task:${task.id}`,
    label: task.title,
    icon: <Circle size={16} />,
    run: () => navigate(`${pathOf(task)}?task=${task.id}`),
  }));
}

/** What is not about a task that is there; `add` fits whatever is typed. */
export function useMorePicks(
  query: string,
  onShortcuts: () => void,
): { add: Pick[]; rest: Pick[] } {
  const navigate = useNavigate();
  const leave = useSignOut();
  const title = query.trim();
  const add: Pick = {
    id: 'add',
    label: t('palette.add', { title }),
    icon: <Plus size={16} />,
    run: () => {
      draftTask(title);
      navigate('/inbox#add');
    },
  };
  const rest: Pick[] = [
    {
      id: 'new',
      label: t('help.anywhere.new'),
      icon: <Plus size={16} />,
      hint: <Keys keys={SHORTCUTS.anywhere.new[0]} />,
      run: () => navigate('/inbox#add'),
    },
    {
      id: 'undo',
      label: t('undo.button'),
      icon: <Undo2 size={16} />,
      hint: <Keys keys={SHORTCUTS.anywhere.undo[0]} />,
      run: () => undoAct(),
    },
    {
      id: 'select',
      label: t('selection.start'),
      icon: <ListChecks size={16} />,
      run: selection.start,
    },
    {
      id: 'shortcuts',
      label: t('session.shortcuts'),
      icon: <Keyboard size={16} />,
      hint: <Keys keys={SHORTCUTS.anywhere.sheet[0]} />,
      run: onShortcuts,
    },
    ...THEMES.map((theme) => ({
      id: `theme.${theme}`,
      label: t('palette.theme', { theme: t(THEME_TEXTS[theme]) }),
      icon: <Contrast size={16} />,
      run: () => setTheme(theme),
    })),
    ...leave,
  ];
  return { add: title === '' ? [] : [add], rest };
}

function useSignOut(): Pick[] {
  const session = useSession();
  const waiting = useSyncState()?.waiting ?? 0;
  if (session.type !== 'in' || !session.canSignOut) {
    return [];
  }
  const leave = () =>
    void signOut().catch((error: unknown) => showError(t('error.sign'), error));
  const ask = () =>
    showToast({
      kind: 'offer',
      text: t('session.unsent', { count: waiting }),
      action: { label: t('session.signOutAnyway'), run: leave },
    });
  return [
    {
      id: 'signOut',
      label: t('session.signOut'),
      icon: <LogOut size={16} />,
      run: waiting > 0 ? ask : leave,
    },
  ];
}
