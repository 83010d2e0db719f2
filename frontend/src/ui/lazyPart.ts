import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { t } from '@/i18n/i18n.ts';
import { showToast } from './toasts.ts';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

/**
 * A component whose code comes when it is drawn for the first time. Where it
 * cannot be had, its place stays as it is, and it is asked for again.
 */
export function lazyPart<P>(
  load: () => Promise<ComponentType<P>>,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => ({ default: await untilLoaded(load) }));
}

/** Before the service worker has kept everything there may be no network. */
async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (
    let delay = FIRST_DELAY_MS;
    ;
    delay = Math.min(2 * delay, MAX_DELAY_MS)
  ) {
    try {
      return await load();
    } catch {
      if (delay === FIRST_DELAY_MS) {
        showToast({ kind: 'info', text: t('error.part') });
      }
      await onlineOrAfter(delay);
    }
  }
}

function onlineOrAfter(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
  });
}
