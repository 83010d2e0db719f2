import type { APIRequestContext, Locator, Page } from '@playwright/test';
import {
  expect,
  inPage,
  onServer,
  otherDevice,
  outboxOf,
  type StoredTask,
  signIn,
  test,
  type,
} from './steady.ts';

/*
 * Two pages on two devices and a client of the API do random acts, while the
 * networks of the pages are cut and healed at random. In the end all must have
 * the same, each task that was made must be there once, and no text that
 * nobody wrote.
 *
 *   STEADY_MODEL_SEEDS=50 STEADY_MODEL_ACTS=500 make test-browser K=seed
 *   STEADY_MODEL_SEED=7 ...    that seed alone
 */
const SEEDS = Number(process.env.STEADY_MODEL_SEEDS ?? 2);
const ACTS = Number(process.env.STEADY_MODEL_ACTS ?? 40);
const ONLY = process.env.STEADY_MODEL_SEED;
const seeds = ONLY
  ? [Number(ONLY)]
  : Array.from({ length: SEEDS }, (_, index) => index + 1);

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

class World {
  readonly written = new Set<string>();
  readonly created: string[] = [];
  readonly seed: number;
  private readonly random: () => number;
  private count = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.random = randomOf(seed);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** A text that nobody has written before. */
  text(word: string): string {
    this.count += 1;
    const text = `${word} ${this.seed}.${this.count};`;
    this.written.add(text);
    return text;
  }
}

/**
 * Does something to a task of this seed that a page shows in its inbox. It may
 * go away at that very moment, deleted or done elsewhere.
 */
async function withTask(
  world: World,
  page: Page,
  act: (item: Locator) => Promise<void>,
): Promise<void> {
  const shown = await page.locator('[data-task-id]').evaluateAll((items) =>
    items.map((item) => ({
      id: item.getAttribute('data-task-id'),
      text: item.textContent ?? '',
    })),
  );
  const mark = ` ${world.seed}.`;
  const task = world.pick(shown.filter(({ text }) => text.includes(mark)));
  if (!task) {
    return;
  }
  const item = page.locator(`[data-task-id="${task.id}"]`);
  try {
    await act(item);
  } catch (error) {
    if (await item.isVisible()) {
      throw error;
    }
  }
}

async function edit(page: Page, item: Locator, field: string, text: string) {
  // By keyboard: a note may lie on the row.
  await item.locator('[data-task-main]').press('Enter');
  const input = item.getByRole('textbox', { name: field });
  await input.fill(text);
  await input.press('Control+Enter');
  await expect(input).toBeHidden();
  await expect(page.locator('[data-task-editor]')).toBeHidden();
}

const PAGE_ACTS = {
  async create(world: World, page: Page) {
    const title = world.text('made');
    world.created.push(title);
    await type(page, title);
  },
  rename: (world: World, page: Page) =>
    withTask(world, page, (item) =>
      edit(page, item, 'Title', world.text('worded')),
    ),
  note: (world: World, page: Page) =>
    withTask(world, page, (item) =>
      edit(page, item, 'Notes', world.text('noted')),
    ),
  complete: (world: World, page: Page) =>
    withTask(world, page, async (item) => {
      await item.getByRole('checkbox').press('Space');
      await expect(item).toBeHidden();
    }),
  remove: (world: World, page: Page) =>
    withTask(world, page, async (item) => {
      await item.locator('[data-task-main]').focus();
      await page.keyboard.press('Delete');
      await expect(item).toBeHidden();
    }),
  async undo(_: World, page: Page) {
    const undo = page.getByRole('button', { name: 'Undo' });
    if (await undo.isVisible()) {
      await undo.click();
    }
  },
  async cut(_: World, page: Page) {
    await page.context().setOffline(true);
  },
  async heal(_: World, page: Page) {
    await page.context().setOffline(false);
  },
};

async function apiAct(world: World, api: APIRequestContext): Promise<void> {
  const own = (await onServer(api)).filter(({ title }) =>
    world.written.has(title),
  );
  const task = world.pick(own);
  const path = `/api/tasks/${task?.id}`;
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  const act = world.pick(['create', 'title', 'notes', 'delete', 'restore']);
  if (act === 'create' || !task) {
    const title = world.text('posted');
    world.created.push(title);
    await api.post('/api/tasks', { data: { title } });
  } else if (act === 'delete') {
    await api.delete(path);
  } else if (act === 'restore') {
    await api.post(`${path}/restore`);
  } else {
    const data = { [act ?? '']: world.text('patched') };
    await api.patch(path, { headers, data });
  }
}

/** Decides at random what came back to a page, until nothing waits. */
async function decideAll(world: World, page: Page): Promise<number> {
  let decided = 0;
  for (;;) {
    await expect
      .poll(async () => (await states(page)).includes('queued'), {
        timeout: 30_000,
      })
      .toBe(false);
    if ((await states(page)).length === 0) {
      return decided;
    }
    await page.getByRole('button', { name: /needs? you$/ }).click();
    const sheet = page.getByRole('dialog', { name: 'Not on the server yet' });
    const choices = sheet.getByRole('button', {
      name: /^(Keep mine|Use the other|Save again|Discard)$/,
    });
    await choices.nth(world.pick([0, 1]) ?? 0).click();
    decided += 1;
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
  }
}

async function states(page: Page): Promise<string[]> {
  const entries = (await outboxOf(page)) as { state: { type: string } }[];
  return entries.map(({ state }) => state.type);
}

for (const seed of seeds) {
  test(`all end equal: seed ${seed}`, async ({ page, browser }) => {
    test.setTimeout(60_000 + ACTS * 2000);
    const world = new World(seed);
    await signIn(page);
    const device = await otherDevice(browser, page);
    const other = await device.newPage();
    await other.goto('/inbox');
    await expect(other.getByRole('heading', { level: 1 })).toHaveText('Inbox');
    for (const each of [page, other]) {
      each.setDefaultTimeout(5000);
    }
    const acts = Object.values(PAGE_ACTS);
    for (let count = 0; count < ACTS; count += 1) {
      const actor = world.pick([page, page, other, other, null]);
      await (actor
        ? world.pick(acts)?.(world, actor)
        : apiAct(world, page.request));
    }

    let decided = 0;
    for (const each of [page, other]) {
      await each.context().setOffline(false);
    }
    for (const each of [page, other]) {
      decided += await decideAll(world, each);
    }
    const stored = await onServer(page.request);
    for (const each of [page, other]) {
      await each.reload();
      await expect
        .poll(() => inPage(each), { timeout: 20_000 })
        .toEqual(stored);
    }
    checkModel(world, stored);
    console.log(
      `seed ${seed}: ${world.created.length} tasks, ${decided} decisions`,
    );
    await device.close();
  });
}

/** Nothing lost, nothing doubled, nothing made up. */
function checkModel(world: World, stored: StoredTask[]): void {
  const pattern = /^(made|worded|posted|patched) \d+\.\d+;$/;
  const mine = stored.filter(({ title }) => world.written.has(title));
  expect(mine).toHaveLength(world.created.length);
  for (const { title, notes } of mine) {
    expect(title).toMatch(pattern);
    expect(notes === '' || world.written.has(notes)).toBe(true);
  }
}
