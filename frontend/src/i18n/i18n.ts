import i18next from 'i18next';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: en } },
  // React writes text as text.
  interpolation: { escapeValue: false },
});

export const t = i18next.t.bind(i18next);

/** How dates and times are written: our language, the reader's region. */
export function locale(): string {
  const known = navigator.languages.find((tag) =>
    tag.startsWith(i18next.language),
  );
  return known ?? i18next.language;
}
