import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  type PrecacheEntry,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { shareAddress } from '@/model/share.ts';

/** As much of a ServiceWorkerGlobalScope as is used here. */
declare const self: {
  __WB_MANIFEST: PrecacheEntry[];
  skipWaiting: () => Promise<void>;
  addEventListener: (
    type: 'message',
    listener: (event: { data: unknown }) => void,
  ) => void;
};

// index.html comes with the files that it names, or not at all.
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/(api|healthz|readyz|version)\b/],
  }),
);

// What other apps share (manifest.ts) never leaves this device: a task is
// made of it when the person says so.
registerRoute(
  '/share',
  async ({ request }) => {
    const form = await request.formData();
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const shared = {
      title: text('title'),
      text: text('text'),
      url: text('url'),
    };
    return Response.redirect(shareAddress(shared), 303);
  },
  'POST',
);

// A new version is taken when the person says so (app/newVersion.ts).
self.addEventListener('message', ({ data }) => {
  if ((data as { type?: string } | null)?.type === 'SKIP_WAITING') {
    void self.skipWaiting();
  }
});
