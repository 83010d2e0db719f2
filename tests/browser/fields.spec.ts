import type { APIRequestContext, Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  kept,
  patched,
  row,
  signIn,
  test,
} from './steady.ts';

/** A task made elsewhere, opened here. */
async function open(
  page: Page,
  fields: { title: string; [name: string]: unknown },
) {
  const made = await page.request.post('/api/tasks', { data: fields });
  expect(made.status()).toBe(201);
  const { id } = await made.json();
  await row(page, fields.title).click();
  await expect(chip(page, /^Repeat/)).toBeVisible();
  return id as string;
}

const editor = (page: Page) => page.locator('[data-task-editor]');
const chip = (page: Page, name: string | RegExp) =>
  editor(page).getByRole('button', { name, exact: true });
const sheet = (page: Page) => page.getByRole('dialog', { name: 'Repeat' });

async function stored(api: APIRequestContext, id: string) {
  return (await api.get(`/api/tasks/${id}`)).json();
}

/** What Enter would do. */
async function expectChosen(page: Page, name: string | RegExp) {
  const item = page.getByRole('menuitem', { name });
  await expect(item).toHaveAttribute('data-focused', 'true');
}

const ON = (date: string) => ({ date, time: null, time_zone: null });

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('makes a task repeat, by keyboard alone, and takes it back', async ({
  page,
}) => {
  const id = await open(page, {
    title: 'Water the fern',
    due: ON('2031-05-05'),
  });
  await chip(page, 'Repeat').focus();
  await page.keyboard.press('Enter');
  await sheet(page).getByLabel('How often').focus();
  await page.keyboard.type('By weeks');
  await page.keyboard.press('Tab');
  await page.keyboard.type('2');
  await expect(sheet(page).getByLabel(/how many weeks/)).toHaveValue('2');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(
    sheet(page).getByRole('checkbox', { name: 'Monday' }),
  ).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  const dates = sheet(page).getByRole('status');
  await expect(dates).toContainText('Every 2 weeks on Monday and Thursday');
  await expect(dates.getByRole('listitem')).toHaveText([
    'Mon, 5 May 2031',
    'Thu, 8 May 2031',
    'Mon, 19 May 2031',
    'Thu, 22 May 2031',
    'Mon, 2 Jun 2031',
    'and so on',
  ]);
  await expectAccessible(page);
  const saved = patched(page);
  await page.keyboard.press('Enter');
  await saved;
  await expect(sheet(page)).toBeHidden();
  await expect(chip(page, /^Repeat: Every 2 weeks on Monday/)).toBeFocused();
  expect((await stored(page.request, id)).recurrence).toEqual({
    rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
    from: 'due',
  });
  const back = patched(page);
  await page.keyboard.press('Control+z');
  await back;
  expect((await stored(page.request, id)).recurrence).toBeNull();
});

test('counts, from completion, without a connection, and gives a due date', async ({
  page,
  context,
}) => {
  const id = await open(page, { title: 'Descale the kettle' });
  await kept(page);
  await context.setOffline(true);
  await chip(page, 'Repeat').click();
  const form = sheet(page);
  await form.getByLabel('How often').selectOption('By years');
  await form.getByLabel('On which day').selectOption('A weekday of the month');
  await form.getByLabel('Which one').selectOption('last');
  await form.getByLabel('Weekday').selectOption('Sunday');
  await form.getByLabel('Month', { exact: true }).selectOption('October');
  await form.getByLabel('Ends').selectOption('After a number of times');
  await form.getByLabel('How many times').fill('0');
  await expect(form.getByText('Enter a number from 1 to 10000.')).toBeVisible();
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByLabel('How many times').fill('2');
  await form
    .getByLabel('Counted from')
    .selectOption('The day when it was done');
  await expect(form.getByRole('status')).toContainText(
    'Every year on the last Sunday of October, 2 times, after it was done',
  );
  await expect(form.getByText(/next dates need a connection/)).toBeVisible();
  await expectAccessible(page);
  await context.setOffline(false);
  await expect(form.getByRole('listitem')).toHaveCount(3);
  await expect(form.getByRole('listitem').last()).toHaveText(
    'and then no more',
  );
  await context.setOffline(true);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(chip(page, /^Repeat: Every year/)).toBeVisible();
  const sent = patched(page);
  await context.setOffline(false);
  await sent;
  const { recurrence, due } = await stored(page.request, id);
  expect(recurrence).toEqual({
    rrule: 'FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;COUNT=2',
    from: 'completion',
  });
  expect(due.date).toMatch(/^20\d\d-10-(2[5-9]|3[01])$/);
});

test('shows a rule without fields as it is, and keeps it', async ({ page }) => {
  const rrule = 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13';
  const id = await open(page, {
    title: 'Stay in bed',
    due: ON('2026-11-13'),
    recurrence: { rrule },
  });
  await chip(page, `Repeat: ${rrule}`).click();
  await expect(sheet(page).getByLabel('How often')).toHaveValue('kept');
  await expect(sheet(page).getByRole('listitem').nth(1)).toHaveText(
    'Fri, 13 Aug 2027',
  );
  await expectAccessible(page);
  await sheet(page).getByRole('button', { name: 'Save' }).click();
  await expect(sheet(page)).toBeHidden();
  await expect(chip(page, `Repeat: ${rrule}`)).toBeVisible();
  // Writes are sent in order: none was sent before this one.
  const changed = patched(page);
  await chip(page, 'Start day').click();
  await page
    .getByRole('dialog', { name: 'Start day' })
    .getByRole('gridcell')
    .getByRole('button', { name: / 2 November 2026/ })
    .click();
  await changed;
  await expect
    .poll(async () => (await stored(page.request, id)).start)
    .not.toBeNull();
  expect(await stored(page.request, id)).toMatchObject({
    version: 2,
    start: '2026-11-02',
    recurrence: { rrule, from: 'due' },
  });
});

test('a task without a due date does not repeat any more', async ({ page }) => {
  const id = await open(page, {
    title: 'Feed the cat',
    due: ON('2031-05-05'),
    recurrence: { rrule: 'FREQ=DAILY' },
  });
  await chip(page, /^Due date/).click();
  const saved = patched(page);
  await page.getByRole('button', { name: 'No date' }).click();
  await saved;
  await expect(chip(page, 'Repeat')).toBeVisible();
  expect(await stored(page.request, id)).toMatchObject({
    due: null,
    recurrence: null,
  });
});

test('gives a time the clock of a place', async ({ page }) => {
  const due = { date: '2031-05-05', time: '09:00', time_zone: null };
  const id = await open(page, { title: 'Call New York', due });
  await chip(page, /^Due date/).click();
  await page.getByLabel('Time zone').selectOption('America/New York');
  await expect(page.getByText(/^For you: /)).toBeVisible();
  await expectAccessible(page);
  const saved = patched(page);
  await page.getByRole('button', { name: 'Apply' }).click();
  await saved;
  expect((await stored(page.request, id)).due).toEqual({
    ...due,
    time_zone: 'America/New_York',
  });
});

test('tags are found, made, followed and taken off by keyboard', async ({
  page,
}) => {
  await open(page, { title: 'Has a tag', tags: ['Chores'] });
  await page.getByRole('button', { name: 'Done' }).click();
  const id = await open(page, { title: 'Gets two tags' });
  await chip(page, 'Add a tag').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Tags' })).toBeFocused();
  await page.keyboard.type('chor');
  await expectChosen(page, 'Chores');
  await page.keyboard.press('Enter');
  await page.keyboard.type('brand new');
  await expectChosen(page, /New tag/);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const tags = editor(page).getByRole('list', { name: 'Tags of the task' });
  await expect(tags.getByRole('link')).toHaveText(['Chores', 'brand new']);
  await tags.getByRole('link', { name: 'Chores' }).focus();
  await page.keyboard.press('Delete');
  await expect(tags.getByRole('link')).toHaveText(['brand new']);
  await expect
    .poll(async () => (await stored(page.request, id)).tags)
    .toEqual(['brand new']);
  await tags.getByRole('link', { name: 'brand new' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('brand new');
  await expect(row(page, 'Gets two tags')).toBeVisible();
});

test.describe('by touch', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('repeats, starts later, and follows its tag', async ({ page }) => {
    const id = await open(page, {
      title: 'Tap the fields',
      due: ON('2031-05-05'),
      tags: ['home', 'tapped'],
    });
    await expectAccessible(page);
    await chip(page, 'Repeat').tap();
    await sheet(page).getByLabel('How often').selectOption('By weeks');
    await sheet(page).getByRole('checkbox', { name: 'Friday' }).tap();
    await expect(sheet(page).getByText('Fri, 9 May 2031')).toBeVisible();
    await sheet(page).getByRole('button', { name: 'Save' }).tap();
    await expect(chip(page, 'Repeat: Every Friday')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect(chip(page, 'Repeat')).toBeVisible();

    await chip(page, 'Start day').tap();
    const start = page.getByRole('dialog', { name: 'Start day' });
    await expectAccessible(page);
    const begun = patched(page);
    await start.getByRole('button', { name: 'Tomorrow', exact: true }).tap();
    await begun;
    await expect(chip(page, 'Start day: Tomorrow')).toBeVisible();
    await expect
      .poll(async () => (await stored(page.request, id)).start)
      .not.toBeNull();

    await chip(page, 'Take off the tag “home”').tap();
    await expect(chip(page, 'Take off the tag “home”')).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect(chip(page, 'Take off the tag “home”')).toBeVisible();
    await editor(page).getByRole('link', { name: 'tapped' }).tap();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('tapped');
    await expect(page.getByText('Start: Tomorrow')).toBeVisible();
  });
});
