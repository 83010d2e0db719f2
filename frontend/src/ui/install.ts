import { valueStore } from './valueStore.ts';

/** What Chromium says when the page can be installed as an app. */
interface InstallPrompt extends Event {
  prompt: () => Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

const offered = valueStore<InstallPrompt | null>(null);

/** Called at the start: browsers say it once. */
export function awaitInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // It is offered in the settings and nowhere else.
    event.preventDefault();
    offered.set(event as InstallPrompt);
  });
  window.addEventListener('appinstalled', () => offered.set(null));
}

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

/** Asks to install; null where the browser cannot, or has done it. */
export function useInstall(): (() => Promise<void>) | null {
  const prompt = offered.use();
  return (
    prompt &&
    (async () => {
      await prompt.prompt();
      // It can be asked once.
      offered.set(null);
    })
  );
}
