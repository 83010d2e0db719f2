import { Suspense, useEffect } from 'react';
import type { View } from '@/model/view.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import { HoldShortcuts } from '@/ui/shortcuts.ts';
import { usePrompt } from './prompt.ts';
import { selection, setOrder, useSelection } from './selection.ts';
import { setShownView } from './shownView.ts';

/** What one needs only when tasks are acted upon comes by itself. */
const SelectionBar = lazyPart(
  async () => (await import('./SelectionBar.tsx')).SelectionBar,
);
const TaskPrompts = lazyPart(
  async () => (await import('./TaskPrompts.tsx')).TaskPrompts,
);

interface SelectingProps {
  view: View;
  /** The ids of the view's tasks, from top to bottom. */
  order: readonly string[];
}

/** The selection of one view: it ends with the view. */
export function Selecting({ view, order }: SelectingProps) {
  const { active } = useSelection();
  const prompt = usePrompt();
  useEffect(() => setOrder(order));
  useEffect(() => {
    setShownView(view);
    return () => setShownView(null);
  });
  useEffect(() => selection.clear, []);
  return (
    <>
      <Suspense>{active && <SelectionBar view={view} />}</Suspense>
      <Suspense fallback={<HoldShortcuts />}>
        {prompt && <TaskPrompts {...prompt} />}
      </Suspense>
    </>
  );
}
