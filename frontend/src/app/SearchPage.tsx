import { useCallback } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { SearchBox } from '@/features/search/SearchBox.tsx';
import { SearchCount } from '@/features/search/SearchCount.tsx';
import { SelectButton } from '@/features/tasks/SelectButton.tsx';
import { TaskList } from '@/features/tasks/TaskList.tsx';
import { t } from '@/i18n/i18n.ts';
import { decode } from '@/model/decode.ts';
import { ViewFrame } from './ViewFrame.tsx';

/**
 * The words stand after the # of the address: they survive a reload and are
 * never sent to the server, where they would be logged.
 */
export function SearchPage() {
  const navigate = useNavigate();
  const { hash } = useLocation();
  const query = decode(hash.slice(1));
  const onChange = useCallback(
    (next: string) =>
      next !== decode(window.location.hash.slice(1)) &&
      navigate({ hash: encodeURIComponent(next) }, { replace: true }),
    [navigate],
  );
  return (
    <ViewFrame title={t('nav.search')} tools={<SelectButton />}>
      <SearchBox value={query} onChange={onChange} />
      {query !== '' && <SearchCount query={query} />}
      <TaskList view={{ kind: 'search', query }} label={t('nav.search')} />
    </ViewFrame>
  );
}
