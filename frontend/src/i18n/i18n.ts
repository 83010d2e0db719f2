import i18next from 'i18next';
import { en } from './en.ts';
import type { enEdit } from './enEdit.ts';
import type { enHelp } from './enHelp.ts';
import type { enSettings } from './enSettings.ts';
import type { enSubtasks } from './enSubtasks.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en &
        typeof enSettings &
        typeof enHelp &
        typeof enSubtasks &
        typeof enEdit;
    };
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

type LookUp = (key: string, options?: object) => string;
const lookUp = i18next.t.bind(i18next) as unknown as LookUp;
const plain = new Map<string, string>();

const cached: LookUp = (key, options) => {
  if (options !== undefined) {
    return lookUp(key, options);
  }
  const text = plain.get(key) ?? lookUp(key);
  plain.set(key, text);
  return text;
};

/** A text; those without numbers and names are looked up once. */
export const t = cached as unknown as typeof i18next.t;

/** Texts of a part of the page that comes later. */
export function addTexts(texts: object): void {
  i18next.addResourceBundle('en', 'translation', texts);
  plain.clear();
}

/** How dates and times are written: our language, the reader's region. */
export function locale(): string {
  const known = navigator.languages.find((tag) =>
    tag.startsWith(i18next.language),
  );
  return known ?? i18next.language;
}
