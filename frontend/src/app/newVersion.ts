import { Workbox } from 'workbox-window';

const CHECK_MS = 3600_000;
const WORKER = '/sw.js';

/** The only address of code that the page names (nginx: trusted-types). */
function workerAddress(): string | TrustedScriptURL {
  const policy = window.trustedTypes?.createPolicy('steady', {
    createScriptURL: (address: string) => {
      if (address !== WORKER) {
        throw new TypeError(address);
      }
      return address;
    },
  });
  return policy?.createScriptURL(WORKER) ?? WORKER;
}

/**
 * Keeps the page itself for when there is no network. When a new version has
 * come, `offer` gets what takes it; until then the old one stays whole.
 */
export async function keepPage(offer: (take: () => void) => void) {
  const worker = new Workbox(workerAddress());
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
