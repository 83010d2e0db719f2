import { useSyncExternalStore } from 'react';

/** What Chromium says when the page can be installed as an app. */
interface InstallPrompt extends Event {
  prompt: () => Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();

function set(next: InstallPrompt | null): void {
  offered = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Called at the start: browsers say it once. */
export function awaitInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // It is offered in the settings and nowhere else.
    event.preventDefault();
    set(event as InstallPrompt);
  });
  window.addEventListener('appinstalled', () => set(null));
}

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks to install; null where the browser cannot, or has done it. */
export function useInstall(): (() => Promise<void>) | null {
  const prompt = useSyncExternalStore(subscribe, () => offered);
  return (
    prompt &&
    (async () => {
      await prompt.prompt();
      // It can be asked once.
      set(null);
    })
  );
}
