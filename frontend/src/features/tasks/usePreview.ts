import { useEffect, useState } from 'react';
import {
  previewRecurrence,
  type RecurrenceDates,
} from '@/api/previewRecurrence.ts';
import { NetworkProblem } from '@/api/problem.ts';
import type { Due, Task } from '@/api/types.ts';
import { useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import { errorHelp } from '@/ui/errorText.ts';

export type Preview =
  | { kind: 'waiting' }
  | ({ kind: 'dates' } & RecurrenceDates)
  | { kind: 'failed'; text: string };

/** While one types, not each key is asked about. */
const PAUSE_MS = 250;

/** What the server says comes of a rule; asked again when it is back. */
export function usePreview(
  recurrence: Task['recurrence'],
  due: Due,
  today: string,
): Preview {
  const [preview, setPreview] = useState<Preview>({ kind: 'waiting' });
  const offline = useSyncState()?.offline ?? false;
  const asked = JSON.stringify({ recurrence, due });
  useEffect(() => {
    const { recurrence, due } = JSON.parse(asked);
    if (recurrence === null) {
      return;
    }
    if (offline) {
      setPreview({ kind: 'failed', text: t('repeat.offline') });
      return;
    }
    const asking = new AbortController();
    const { signal } = asking;
    const completedOn = today > due.date ? today : due.date;
    const ask = async () => {
      try {
        const wanted = { recurrence, due, completedOn, signal };
        const dates = await previewRecurrence(wanted);
        setPreview({ kind: 'dates', ...dates });
      } catch (error) {
        if (!signal.aborted) {
          setPreview({ kind: 'failed', text: failedText(error) });
        }
      }
    };
    const timer = setTimeout(ask, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [asked, today, offline]);
  return preview;
}

function failedText(error: unknown): string {
  return error instanceof NetworkProblem
    ? t('repeat.offline')
    : errorHelp(error);
}
