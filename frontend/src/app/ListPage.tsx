import { useParams } from 'react-router';
import { useLists } from '@/data/lists.ts';
import { useSyncState } from '@/data/syncState.ts';
import { ListOptions } from '@/features/lists/ListOptions.tsx';
import { QuickAdd } from '@/features/tasks/QuickAdd.tsx';
import { SelectButton } from '@/features/tasks/SelectButton.tsx';
import { TaskList } from '@/features/tasks/TaskList.tsx';
import { t } from '@/i18n/i18n.ts';
import { Dot } from '@/ui/Dot.tsx';
import { Message } from '@/ui/Message.tsx';
import { ViewFrame } from './ViewFrame.tsx';

export function ListPage() {
  const { id = '' } = useParams();
  const lists = useLists();
  const sync = useSyncState();
  const list = lists?.find((item) => item.id === id);
  if (lists && !list && sync?.loaded) {
    return (
      <ViewFrame title={t('nav.lists')}>
        <Message title={t('list.missing')} help={t('list.missingHelp')} />
      </ViewFrame>
    );
  }
  const name = list?.name ?? '';
  return (
    <ViewFrame
      title={name}
      icon={list && <Dot color={list.color} />}
      tools={
        list && (
          <>
            <SelectButton />
            <ListOptions key={id} list={list} />
          </>
        )
      }
    >
      <QuickAdd
        key={`add-${id}`}
        listId={id}
        day={null}
        label={t('task.addTo', { list: name })}
      />
      <TaskList key={id} view={{ kind: 'list', listId: id }} label={name} />
    </ViewFrame>
  );
}
