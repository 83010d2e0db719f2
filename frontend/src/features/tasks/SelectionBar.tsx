import {
  ArrowDownUp,
  CalendarDays,
  CircleCheckBig,
  Flag,
  FolderInput,
  ListChecks,
  Tag,
  Trash2,
  Undo2,
  X,
} from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Toolbar,
} from 'react-aria-components';
import type { Priority } from '@/api/types.ts';
import { tasksIn } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import { STEPS, type Step } from '@/model/order.ts';
import { sectionsOf } from '@/model/sections.ts';
import type { View } from '@/model/view.ts';
import menu from '@/ui/menu.module.css';
import { useToday } from '@/ui/useToday.ts';
import { bulkActions } from './bulkActions.ts';
import { moveTasks } from './order.tsx';
import { ask } from './prompt.ts';
import styles from './SelectionBar.module.css';
import { selection, useSelection } from './selection.ts';
import { isByHand } from './shownView.ts';

const PRIORITIES: Priority[] = ['high', 'medium', 'low', 'none'];

/** What can be done to the selected tasks; below the list, and fixed. */
export function SelectionBar({ view }: { view: View }) {
  const { ids } = useSelection();
  const today = useToday();
  const chosen = [...ids];
  const selectAll = async () => {
    const sections = sectionsOf(view, await tasksIn(view, today), today);
    selection.all(
      sections.flatMap(({ tasks }) => tasks.map((task) => task.id)),
    );
  };
  const act = (run: (ids: string[]) => unknown) => () => {
    selection.clear();
    run(chosen);
  };
  return (
    <div className={styles.place} data-selection-bar="">
      <Toolbar aria-label={t('selection.label')} className={styles.bar}>
        <p className={styles.count} role="status">
          {ids.size > 0
            ? t('selection.count', { count: ids.size })
            : t('selection.none')}
        </p>
        <Item
          icon={<ListChecks />}
          name="all"
          onPress={() => void selectAll()}
        />
        {view.kind === 'trash' ? (
          <Item
            icon={<Undo2 />}
            name="restore"
            isDisabled={ids.size === 0}
            onPress={act(bulkActions.restore)}
          />
        ) : (
          <Acts
            chosen={chosen}
            act={act}
            isDone={view.kind === 'completed'}
            byHand={isByHand(view)}
          />
        )}
        <Item icon={<X />} name="leave" onPress={selection.clear} />
      </Toolbar>
    </div>
  );
}

interface ActsProps {
  chosen: string[];
  act: (run: (ids: string[]) => unknown) => () => void;
  /** Whether all of them are completed. */
  isDone: boolean;
  byHand: boolean;
}

function Acts({ chosen, act, isDone, byHand }: ActsProps) {
  const isDisabled = chosen.length === 0;
  return (
    <>
      <Item
        icon={isDone ? <Undo2 /> : <CircleCheckBig />}
        name={isDone ? 'reopen' : 'complete'}
        isDisabled={isDisabled}
        onPress={act((ids) => bulkActions.complete(ids, !isDone))}
      />
      <Item
        icon={<CalendarDays />}
        name="due"
        isDisabled={isDisabled}
        onPress={() => ask({ what: 'due', ids: chosen })}
      />
      <MenuTrigger>
        <Item icon={<Flag />} name="priority" isDisabled={isDisabled} />
        <Popover className={menu.popover} placement="top">
          <Menu
            className={menu.menu}
            aria-label={t('selection.priority')}
            onAction={(key) =>
              void bulkActions.priority(chosen, key as Priority)
            }
          >
            {PRIORITIES.map((priority) => (
              <MenuItem key={priority} id={priority} className={menu.item}>
                {t(`priority.${priority}`)}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {byHand && (
        <MenuTrigger>
          <Item icon={<ArrowDownUp />} name="order" isDisabled={isDisabled} />
          <Popover className={menu.popover} placement="top">
            <Menu
              className={menu.menu}
              aria-label={t('selection.order')}
              onAction={(key) => void moveTasks(chosen, key as Step)}
            >
              {STEPS.map((step) => (
                <MenuItem key={step} id={step} className={menu.item}>
                  {t(`order.${step}`)}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
      <Item
        icon={<FolderInput />}
        name="list"
        isDisabled={isDisabled}
        onPress={() => ask({ what: 'list', ids: chosen })}
      />
      <Item
        icon={<Tag />}
        name="tags"
        isDisabled={isDisabled}
        onPress={() => ask({ what: 'tags', ids: chosen })}
      />
      <Item
        icon={<Trash2 />}
        name="delete"
        isDisabled={isDisabled}
        onPress={act(bulkActions.remove)}
      />
    </>
  );
}

interface ItemProps {
  icon: ReactNode;
  name:
    | 'all'
    | 'complete'
    | 'reopen'
    | 'due'
    | 'priority'
    | 'order'
    | 'list'
    | 'tags'
    | 'delete'
    | 'restore'
    | 'leave';
  isDisabled?: boolean;
  onPress?: () => void;
}

function Item({ icon, name, isDisabled = false, onPress }: ItemProps) {
  return (
    <Button className={styles.item} isDisabled={isDisabled} onPress={onPress}>
      {icon}
      <span className={styles.word}>{t(`selection.${name}`)}</span>
    </Button>
  );
}
