import { fileURLToPath } from 'node:url';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { manifest } from './manifest.ts';
import { precompress } from './precompress.ts';

export default defineConfig({
  plugins: [
    // React Aria carries its texts in 34 languages; keep those we offer.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    react(),
    VitePWA({
      // A new version is taken when the person says so (app/newVersion.ts).
      registerType: 'prompt',
      injectRegister: false,
      manifest,
      includeManifestIcons: false,
      strategies: 'injectManifest',
      srcDir: 'src/worker',
      filename: 'sw.ts',
      injectManifest: {
        rollupFormat: 'iife',
        globPatterns: ['**/*.{html,js,css,svg}'],
        // Their names have a hash of their content.
        dontCacheBustURLsMatching: /^assets\//,
      },
    }),
    precompress(),
    {
      // Vite drops the attribute that keeps a wrong theme from flashing up.
      name: 'blocking-script',
      transformIndexHtml: {
        order: 'post',
        handler: (html) =>
          html.replace('type="module"', 'type="module" blocking="render"'),
      },
    },
  ],
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
  },
  server: {
    host: '127.0.0.1',
    // The API sees the page's own host, which Origin must match.
    proxy: {
      '/api': {
        target: process.env.STEADY_URL ?? 'http://127.0.0.1:8080',
        changeOrigin: false,
      },
    },
  },
  build: {
    outDir: '../build/page',
    emptyOutDir: true,
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // light-dark() and field-sizing stay as they are written.
    cssTarget: ['chrome123', 'safari17.5', 'firefox128'],
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the first view needs is one file: two compress worse, by 5 kB.
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] },
      },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
});
