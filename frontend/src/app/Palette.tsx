import { useState } from 'react';
import { enHelp } from '@/i18n/enHelp.ts';
import { addTexts, t } from '@/i18n/i18n.ts';
import { fuzzyFilter } from '@/model/fuzzy.ts';
import type { Pick, PickGroup } from '@/ui/PickList.tsx';
import { PickSheet } from '@/ui/PickSheet.tsx';
import { chosenIds, useChosenPicks } from './usePaletteActs.tsx';
import {
  useMorePicks,
  usePlacePicks,
  useTaskPicks,
} from './usePalettePicks.tsx';

addTexts(enHelp);

interface PaletteProps {
  onClose: () => void;
  onShortcuts: () => void;
}

/** All that can be done and gone to, by its name. */
export function Palette({ onClose, onShortcuts }: PaletteProps) {
  const [ids] = useState(chosenIds);
  const [query, setQuery] = useState('');
  const chosen = useChosenPicks(ids);
  const places = usePlacePicks();
  const tasks = useTaskPicks(query);
  const more = useMorePicks(query, onShortcuts);

  const closing = (pick: Pick): Pick => ({
    ...pick,
    run: () => {
      onClose();
      pick.run();
    },
  });
  const group = (id: string, heading: string, picks: Pick[]): PickGroup => ({
    id,
    heading,
    picks: picks.map(closing),
  });
  const fitting = (picks: Pick[]) =>
    fuzzyFilter(query, picks, ({ label }) => label);
  const { add, rest } = more;
  // What came later would take the place of what Enter is meant for.
  const groups = tasks && [
    group(
      'chosen',
      t('palette.chosen', { count: ids.length }),
      fitting(chosen),
    ),
    group('go', t('palette.go'), fitting(places)),
    group('tasks', t('palette.tasks'), tasks),
    group('more', t('palette.more'), [...fitting(rest), ...add]),
  ];
  return (
    <PickSheet
      label={t('palette.label')}
      placeholder={t('palette.placeholder')}
      empty={groups ? t('palette.nothing') : ''}
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      groups={groups ?? []}
    />
  );
}
