import type { Browser, BrowserContext, Page } from '@playwright/test';
import { type Act, installDriver } from './driver.ts';
import { waitingIn } from './records.ts';
import type { World } from './world.ts';

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** What a person does, and how often beside the others. */
const ACTS = [
  ...Array(4).fill('create'),
  ...Array(4).fill('rename'),
  ...Array(3).fill('note'),
  ...Array(3).fill('complete'),
  ...Array(2).fill('remove'),
  ...Array(2).fill('go'),
  ...['move', 'move', 'prioritise', 'restore', 'undo'],
] as string[];

/** One browser of the person: its tabs, and its network that comes and goes. */
export class Device {
  private online = true;
  private tabs: Page[] = [];
  readonly errors: string[] = [];

  private constructor(
    private readonly name: string,
    private readonly world: World,
    private readonly context: BrowserContext,
    private readonly keepsPage: boolean,
  ) {}

  static async open(
    browser: Browser,
    name: string,
    world: World,
    options: { baseURL: string; cookies: Cookies; keepsPage: boolean },
  ): Promise<Device> {
    const { baseURL, cookies, keepsPage } = options;
    const context = await browser.newContext({
      baseURL,
      storageState: { cookies, origins: [] },
      locale: 'en-GB',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      serviceWorkers: keepsPage ? 'allow' : 'block',
    });
    context.setDefaultTimeout(20_000);
    await context.addInitScript(installDriver);
    const device = new Device(name, world, context, keepsPage);
    await device.openTab();
    return device;
  }

  get page(): Page {
    const [first] = this.tabs;
    if (!first) {
      throw new Error('No tab is open');
    }
    return first;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Some acts in one of the tabs, and what befalls a device. */
  async act(count: number): Promise<void> {
    const { world } = this;
    const chance = world.random();
    if (chance < 0.3) {
      await this.setOnline(chance < 0.18);
    } else if (chance < 0.36 && this.online && this.tabs.length < 2) {
      await this.openTab();
    } else if (chance < 0.42 && (this.online || this.tabs.length > 1)) {
      await this.crash();
    } else if (chance < 0.46 && this.online) {
      await this.page.reload();
      await ready(this.page);
    } else if (chance < 0.6 && (this.online || this.keepsPage)) {
      // Without the service worker the sheet's code needs the network.
      await this.decide(this.page);
    }
    const tab = world.pick(this.tabs) ?? this.page;
    const acts = Array.from({ length: count }, () => this.anAct());
    try {
      await tab.evaluate((wanted) => window.driver.run(wanted), acts);
    } finally {
      await this.takeNotes(tab);
    }
  }

  private anAct(): Act {
    const { world } = this;
    const name = world.pick(ACTS) ?? '';
    const text = world.text(name);
    return { name, text, pick: world.random(), also: world.random() };
  }

  private async takeNotes(tab: Page): Promise<void> {
    for (const note of await tab.evaluate(() => window.driver.take())) {
      this.world.note(this.name, note);
    }
  }

  async setOnline(online: boolean): Promise<void> {
    this.online = online;
    await this.context.setOffline(!online);
  }

  private async openTab(): Promise<void> {
    const tab = await this.context.newPage();
    tab.on('pageerror', ({ message }) => this.errors.push(message));
    this.tabs.push(tab);
    await tab.goto('/inbox');
    await ready(tab);
  }

  /** A tab goes in the very moment of a write. */
  private async crash(): Promise<void> {
    const tab = this.tabs.pop();
    const act = { ...this.anAct(), name: 'create' };
    await tab?.evaluate((wanted) => {
      void window.driver.run([wanted]);
    }, act);
    await tab?.close();
    if (this.tabs.length === 0) {
      await this.openTab();
    }
  }

  /** One of what came back, if anything did. */
  private async decide(tab: Page): Promise<void> {
    const pick = this.world.random();
    await tab.evaluate((chosen) => window.driver.decide(chosen), pick);
  }

  /** Sends what waits and decides what comes back, until nothing is left. */
  async settle(): Promise<void> {
    await this.setOnline(true);
    // What a crashed tab has left is taken up at a start.
    await this.page.reload();
    await ready(this.page);
    const end = Date.now() + 60_000;
    for (;;) {
      const waiting = await waitingIn(this.page);
      if (waiting.length === 0) {
        await this.takeNotes(this.page);
        return;
      }
      if (Date.now() > end) {
        throw new Error(`${this.name} keeps ${JSON.stringify(waiting)}`);
      }
      if (waiting.some(({ state }) => state.type !== 'queued')) {
        await this.decide(this.page);
      } else {
        await this.page.waitForTimeout(50);
      }
    }
  }
}

/**
 * Until the page has its database, shows a list of it, and has the code of its
 * menus: without the service worker that needs the network.
 */
async function ready(tab: Page): Promise<void> {
  try {
    await tab.locator('main h1').waitFor();
    await tab.getByRole('button', { name: 'Account and settings' }).click();
    await tab.getByRole('menu').waitFor();
    await tab.keyboard.press('Escape');
    await tab.getByRole('menu').waitFor({ state: 'detached' });
    await tab.waitForFunction(async () => {
      const all = await indexedDB.databases();
      return all.some(
        ({ name = '', version = 0 }) =>
          name.startsWith('steady-') && version >= 10,
      );
    });
  } catch (error) {
    const shown = await tab.locator('body').innerText();
    throw new Error(`${tab.url()} shows only ${shown}`, { cause: error });
  }
}
