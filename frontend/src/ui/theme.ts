import { useSyncExternalStore } from 'react';
import { Listeners } from './valueStore.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_TEXTS = {
  system: 'session.themeSystem',
  light: 'session.themeLight',
  dark: 'session.themeDark',
  contrast: 'session.themeContrast',
} as const satisfies Record<Theme, string>;

const KEY = 'steady.theme';
const listeners = new Listeners();

function readTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

/** Called before the first drawing, so that no wrong theme flashes up. */
export function startThemes(): void {
  applyTheme();
  for (const wish of ['contrast: more', 'color-scheme: dark']) {
    matchMedia(`(prefers-${wish})`).addEventListener('change', applyTheme);
  }
  window.addEventListener('storage', ({ key }) => {
    if (key === KEY) {
      changed();
    }
  });
}

function applyTheme(): void {
  const theme = readTheme();
  const more = matchMedia('(prefers-contrast: more)').matches;
  const root = document.documentElement;
  root.dataset.theme = theme === 'system' && more ? 'contrast' : theme;
  // The bar of the system above the page goes on where the page ends.
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', getComputedStyle(root).backgroundColor);
}

function changed(): void {
  applyTheme();
  listeners.tell();
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  changed();
}

export function useTheme(): Theme {
  return useSyncExternalStore(listeners.subscribe, readTheme);
}
