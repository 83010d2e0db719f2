import type { Page } from '@playwright/test';
import { expect, openSession, row, test } from './steady.ts';

/*
 * Which day it is depends on where the reader is: the page's views and the
 * server's must agree everywhere, also about times that are of another place.
 */

const ZONES = [
  'Pacific/Honolulu',
  'UTC',
  'Asia/Kolkata',
  'Pacific/Tongatapu',
] as const;
const TIMES = ['00:05', '12:00', '23:55'];
const TAG = 'days-spec';

let zoneBefore = '';

/** Room for all rows: those out of sight are not drawn. */
test.use({ viewport: { width: 1000, height: 4000 } });

test.beforeEach(async ({ page }) => {
  // The screen for it knows of no days.
  ({ time_zone: zoneBefore } = await openSession(page));
});

test.afterEach(async ({ page }) => {
  await page.request.delete(`/api/tasks?tag=${TAG}`);
  await page.request.patch('/api/me', { data: { time_zone: zoneBefore } });
});

/** The day in a zone, by the runner's own clock. */
function dayIn(zone: string, days = 0): string {
  const now = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now);
}

const day = (date: string) => ({ date, time: null, time_zone: null });

async function store(page: Page, tasks: object[]): Promise<void> {
  const operations = tasks.map((body) => ({
    action: 'create',
    body: { tags: [TAG], ...body },
  }));
  const answer = await page.request.post('/api/tasks/batch', {
    data: { operations },
  });
  for (const { status } of (await answer.json()).results) {
    expect(status).toBe(201);
  }
}

/** Our titles, which end in a full stop, in a view of the server. */
async function onServer(page: Page, view: string, zone: string) {
  const query = new URLSearchParams({ view, tz: zone, tag: TAG, limit: '200' });
  const answer = await page.request.get(`/api/tasks?${query}`);
  expect(answer.status()).toBe(200);
  const tasks: { title: string }[] = await answer.json();
  return tasks.map(({ title }) => title).sort();
}

/** Our titles in the view that the page shows. */
async function inPage(page: Page, late = false): Promise<string[]> {
  const texts = await page
    .locator('[data-task-main]')
    .filter(late ? { hasText: 'Overdue: ' } : {})
    .allTextContents();
  return texts.flatMap((text) => /Due .*?\./.exec(text) ?? []).sort();
}

async function showUpcoming(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Upcoming/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Upcoming');
}

for (const zone of ZONES) {
  test.describe(zone, () => {
    test.use({ timezoneId: zone });

    test('page and server agree what is due today', async ({ page }) => {
      await page.request.patch('/api/me', { data: { time_zone: zone } });
      const days = [-1, 0, 1].map((days) => dayIn(zone, days));
      const moments = [null, ...ZONES].flatMap((time_zone) =>
        TIMES.map((time) => ({ time, time_zone })),
      );
      const dues = days.flatMap((date) => [
        day(date),
        ...moments.map((moment) => ({ date, ...moment })),
      ]);
      await store(page, [
        ...dues.map((due) => ({
          title: `Due ${due.date} ${due.time} ${due.time_zone}.`,
          due,
        })),
        {
          title: 'Due and not begun.',
          due: day(dayIn(zone, 2)),
          start: days[2],
        },
        { title: 'Due and begun.', due: day(days[1] ?? ''), start: days[1] },
      ]);

      const due = await onServer(page, 'today', zone);
      const late = await onServer(page, 'overdue', zone);
      const next = await onServer(page, 'upcoming', zone);
      expect(due).toContain(`Due ${days[1]} null null.`);
      expect(late).toContain(`Due ${days[0]} 23:55 null.`);
      expect(next).toContain(`Due ${days[2]} 00:05 null.`);
      expect(due.length + next.length).toBe(dues.length + 2);

      await page.goto('/today');
      await expect.poll(() => inPage(page)).toEqual(due);
      expect(await inPage(page, true)).toEqual(late);
      await showUpcoming(page);
      await expect.poll(() => inPage(page)).toEqual(next);
    });

    test('page and server agree when it comes again', async ({ page }) => {
      await page.request.patch('/api/me', { data: { time_zone: zone } });
      const recurrence = {
        rrule: 'FREQ=DAILY;INTERVAL=2',
        from: 'completion',
      };
      const due = day(dayIn(zone, -3));
      await store(page, [{ title: 'Due again.', due, recurrence }]);
      const preview = await page.request.post('/api/recurrence/preview', {
        data: { due, recurrence, completed_on: dayIn(zone), limit: 1 },
      });
      expect((await preview.json()).dates).toEqual([dayIn(zone, 2)]);
      await page.goto('/today');
      await row(page, 'Due again.').click();
      await page.getByRole('button', { name: /^Repeat: / }).click();
      const dates = page.getByRole('dialog').getByRole('listitem');
      await expect(dates.first()).toContainText('Today');
      const short = new Intl.DateTimeFormat('en-GB', {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        timeZone: 'UTC',
      });
      const again = short.format(new Date(dayIn(zone, 2))).replace(',', '');
      await expect(dates.nth(1)).toContainText(again);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page
        .getByRole('checkbox', { name: /Due again/ })
        .first()
        .click();
      const stored = async () =>
        (await (await page.request.get(`/api/tasks?tag=${TAG}`)).json())[0].due;
      await expect.poll(stored).toEqual(day(dayIn(zone, 2)));
      await showUpcoming(page);
      await expect.poll(() => inPage(page)).toEqual(['Due again.']);
    });
  });
}

/** Sets the page's clock; the server's days of then are in test_zone.c. */
async function at(page: Page, moment: string): Promise<void> {
  await page.clock.setFixedTime(moment);
  await page.evaluate(() =>
    document.dispatchEvent(new Event('visibilitychange')),
  );
}

const NIGHTS = [
  {
    name: 'an hour is skipped',
    days: ['2027-03-27', '2027-03-28', '2027-03-29'],
    // Before midnight, after it, after the change, and the next midnight.
    moments: ['27T23:50+01:00', '28T00:10+01:00', '28T03:10+02:00'],
    month: '2027-03',
    last: ['28T23:50+02:00', '29T00:10+02:00'],
  },
  {
    name: 'an hour comes twice',
    days: ['2026-10-24', '2026-10-25', '2026-10-26'],
    moments: ['24T23:50+02:00', '25T00:10+02:00', '25T02:30+01:00'],
    month: '2026-10',
    last: ['25T23:50+01:00', '26T00:10+01:00'],
  },
] as const;

test.describe('Europe/Berlin', () => {
  test.use({ timezoneId: 'Europe/Berlin' });

  for (const { name, days, moments, month, last } of NIGHTS) {
    test(`the night in which ${name}`, async ({ page }) => {
      const time = { time: '02:30', time_zone: 'Europe/Berlin' };
      await store(
        page,
        days.flatMap((date) => [
          { title: `Due ${date}.`, due: day(date) },
          { title: `Due ${date} at night.`, due: { date, ...time } },
          { title: `Due ${date} begun.`, due: day(date), start: date },
        ]),
      );
      const titles = (names: readonly string[]) =>
        names
          .flatMap((date) => [
            `Due ${date}.`,
            `Due ${date} at night.`,
            `Due ${date} begun.`,
          ])
          .sort();
      const [first, second, third] = days;
      const expected = [first, second, second, second, third];
      await page.clock.setFixedTime(`${month}-${moments[0]}`);
      await page.goto('/today');
      for (const [index, moment] of [...moments, ...last].entries()) {
        const today = expected[index] ?? '';
        await at(page, `${month}-${moment}`);
        const due = titles(days.filter((date) => date <= today));
        await expect.poll(() => inPage(page)).toEqual(due);
        const late = titles(days.filter((date) => date < today));
        expect(await inPage(page, true)).toEqual(late);
      }
      await at(page, `${month}-${moments[2]}`);
      await showUpcoming(page);
      await expect.poll(() => inPage(page)).toEqual(titles([third]));
      const preview = await page.request.post('/api/recurrence/preview', {
        data: {
          due: { date: first, ...time },
          recurrence: { rrule: 'FREQ=DAILY' },
          limit: 2,
        },
      });
      expect((await preview.json()).dates).toEqual([second, third]);
    });
  }
});
