import type { BrowserContext, Page } from '@playwright/test';
import { axe, axeColours, clipped, moving } from './screens/checks.ts';
import { serve } from './screens/data.ts';
import { SCREENS, type Screen } from './screens/table.ts';
import { expect, otherDevice, signIn, test } from './steady.ts';

/*
 * Each screen of screens/table.ts in each theme, at its narrowest and at twice
 * its size. STEADY_SCREENSHOTS=FOLDER also keeps a picture of each.
 */
const FOLDER = process.env.STEADY_SCREENSHOTS;
const MOTION_MS = 150;
const WIDE = { width: 1280, height: 800 };
/** WCAG 1.4.10, and what 1280 px have at a zoom of 200%. */
const NARROW = [
  { width: 320, height: 640 },
  { width: 640, height: 400 },
];
const PICTURES = [360, 768, 1440].map((width) => ({ width, height: 800 }));

type Theme = Parameters<Page['emulateMedia']>[0];
const THEMES: Record<string, Theme> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'dark', contrast: 'more' },
};

// A trace of so many screens costs more than looking at them.
test.use({ trace: 'off' });

const GROUPS = [
  ['in front of the door', (screen: Screen) => screen.out === true],
  ['empty', (screen: Screen) => screen.empty === true],
  ['filled', (screen: Screen) => !screen.out && !screen.empty],
] as const;

for (const [group, belongs] of GROUPS) {
  test(`screens, ${group}: accessible, in sight, calm`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(600_000);
    const context = await opened(page, browser, group);
    const walker = await context.newPage();
    const found: string[] = [];
    for (const screen of SCREENS.filter(belongs)) {
      await walker.emulateMedia({
        colorScheme: 'light',
        reducedMotion: 'reduce',
      });
      await walker.setViewportSize(WIDE);
      await walker.goto(screen.path);
      await walker.getByRole('heading', { level: 1 }).waitFor();
      await screen.reach?.(walker);
      for (const wrong of await look(walker)) {
        found.push(`${screen.name}: ${wrong}`);
      }
      if (FOLDER) {
        await picture(walker, `${FOLDER}/${screen.name}`);
      }
      await screen.leave?.(walker);
    }
    expect(found).toEqual([]);
    await context.close();
  });
}

async function opened(
  page: Page,
  browser: Parameters<typeof otherDevice>[0],
  group: string,
): Promise<BrowserContext> {
  await signIn(page);
  const context = await otherDevice(browser, page);
  if (group === 'in front of the door') {
    await context.clearCookies();
  } else {
    await serve(context, group === 'empty' ? 'nothing' : 'everything');
  }
  return context;
}

async function look(page: Page): Promise<string[]> {
  const found: string[] = [];
  const tell = (where: string, wrong: string[]) => {
    found.push(...wrong.map((each) => `${where}: ${each}`));
  };
  for (const [name, theme] of Object.entries(THEMES)) {
    await page.emulateMedia({ contrast: null, ...theme });
    tell(name, await axeColours(page));
  }
  await page.emulateMedia({ contrast: null, forcedColors: 'active' });
  tell('forced colours', await axeColours(page));
  await page.emulateMedia({ forcedColors: null, colorScheme: 'light' });
  tell('reduced motion', await moving(page, 0));
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  tell('motion', await moving(page, MOTION_MS));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const size of NARROW) {
    await page.setViewportSize(size);
    tell(`${size.width} px`, await settled(page));
  }
  await page.setViewportSize(NARROW[0] ?? WIDE);
  tell('narrow', await axe(page));
  await page.setViewportSize(WIDE);
  return found;
}

/** A menu that is open moves to its button once the window has its size. */
async function settled(page: Page): Promise<string[]> {
  await expect
    .poll(() => clipped(page), { timeout: 1_000 })
    .toEqual([])
    .catch(() => null);
  return clipped(page);
}

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of PICTURES) {
      await page.setViewportSize(size);
      const path = `${name}-${size.width}-${colorScheme}.png`;
      await page.screenshot({ path });
    }
  }
}
