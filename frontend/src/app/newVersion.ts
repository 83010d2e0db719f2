import { Workbox } from 'workbox-window';

const CHECK_MS = 3600_000;

/**
 * Keeps the page itself for when there is no network. When a new version has
 * come, `offer` gets what takes it; until then the old one stays whole.
 */
export async function keepPage(offer: (take: () => void) => void) {
  const worker = new Workbox('/sw.js');
  worker.addEventListener('waiting', () =>
    offer(() => {
      worker.addEventListener('controlling', () => location.reload());
      worker.messageSkipWaiting();
    }),
  );
  await worker.register();
  // A page that stays open for days asks, too.
  setInterval(() => void worker.update().catch(() => undefined), CHECK_MS);
}
