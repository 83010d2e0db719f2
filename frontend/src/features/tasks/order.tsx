import {
  ArrowDown,
  ArrowDownToLine,
  ArrowUp,
  ArrowUpToLine,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Where } from '@/data/ordering.ts';
import { t } from '@/i18n/i18n.ts';
import { STEPS, type Step } from '@/model/order.ts';
import { showError } from '@/ui/errorText.ts';
import type { MenuChoice } from '@/ui/MenuPopover.tsx';

export const ORDER_ICONS: Record<Step, ReactNode> = {
  up: <ArrowUp size={16} />,
  down: <ArrowDown size={16} />,
  top: <ArrowUpToLine size={16} />,
  bottom: <ArrowDownToLine size={16} />,
};

/** Moves tasks of the list that is shown; what does it comes with the first. */
export async function moveTasks(
  ids: readonly string[],
  where: Where,
): Promise<void> {
  try {
    await (await import('./orderActions.ts')).moveTasks(ids, where);
  } catch (error) {
    showError(t('error.save'), error);
  }
}

/** The moves of a menu; `ids` is asked once one of them is chosen. */
export function moveChoices(ids: () => readonly string[]): MenuChoice[] {
  return STEPS.map((step) => ({
    id: step,
    label: t(`order.${step}`),
    icon: ORDER_ICONS[step],
    run: () => void moveTasks(ids(), step),
  }));
}
