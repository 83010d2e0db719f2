import type { List, Task } from '@/api/types.ts';
import { undo } from '@/data/local.ts';
import { type Act, lastAct, type TakenBack } from '@/data/undo.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from './errorText.ts';
import { showToast } from './toasts.ts';
import { writeText } from './writeText.ts';

/** Says what was just done, and offers to take it back. */
export function undoToast(text: string, onUndo?: () => void): void {
  const act = lastAct();
  showToast({
    kind: 'info',
    text,
    action: { label: t('undo.button'), run: () => undoAct(act, onUndo) },
  });
}

/** Takes an act back, the last one if none is named, and says so. */
export async function undoAct(
  act: Act | undefined = lastAct(),
  onUndo?: () => void,
): Promise<void> {
  try {
    const taken = await undo(act);
    if (taken) {
      showToast({ kind: 'info', text: takenText(taken) });
      onUndo?.();
    }
  } catch (error) {
    showError(t('error.save'), error);
  }
}

function takenText({ done, left }: TakenBack): string {
  const [first] = done;
  if (!first) {
    return t(left > 0 ? 'undo.allLeft' : 'undo.nothing');
  }
  const { kind, op } = first.write;
  const record = first.record as Partial<Task & List> | undefined;
  const name = record?.title ?? record?.name ?? '';
  const what =
    done.length === 1
      ? writeText(kind, op.type, name)
      : t('undo.changes', { count: done.length });
  const text = t('undo.done', { what });
  return left === 0 ? text : `${text} ${t('undo.left', { count: left })}`;
}
