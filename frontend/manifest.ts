import type { ManifestOptions } from 'vite-plugin-pwa';

/** How Steady looks and starts where it is installed as an app. */
export const manifest: Partial<ManifestOptions> = {
  id: '/',
  name: 'Steady',
  short_name: 'Steady',
  description: 'The to-do app that stays up',
  lang: 'en',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: '#0f6e66',
  background_color: '#ffffff',
  categories: ['productivity'],
  icons: [
    { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
    {
      src: '/icon-maskable.png',
      sizes: '512x512',
      type: 'image/png',
      purpose: 'maskable',
    },
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  shortcuts: [
    { name: 'New task', url: '/inbox#add' },
    { name: 'Today', url: '/today' },
  ],
  // By POST: a query would stand in the logs of whatever is on the way, where
  // no service worker answers yet.
  share_target: {
    action: '/share',
    method: 'POST',
    enctype: 'application/x-www-form-urlencoded',
    params: { title: 'title', text: 'text', url: 'url' },
  },
};
