/** Others call themselves Chrome and Safari, too, so these come last. */
const BROWSERS: [RegExp, string][] = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|HeadlessChrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string, boolean][] = [
  [/\biPhone\b/, 'iPhone', true],
  [/\biPad\b/, 'iPad', true],
  [/\bAndroid\b/, 'Android', true],
  [/\bWindows\b/, 'Windows', false],
  [/\bMacintosh\b/, 'Mac', false],
  [/\bCrOS\b/, 'ChromeOS', false],
  [/\bLinux\b/, 'Linux', false],
];

export interface Device {
  /** A browser's name, or what a program calls itself; null: unknown. */
  browser: string | null;
  system: string | null;
  isMobile: boolean;
}

export function deviceOf(userAgent: string | null): Device {
  const agent = userAgent ?? '';
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent));
  const program = /^[\w.-]{1,40}(?=\/|$)/.exec(agent)?.[0];
  return {
    browser: browser ?? (program === 'Mozilla' ? null : (program ?? null)),
    system: system?.[1] ?? null,
    isMobile: system?.[2] ?? false,
  };
}
