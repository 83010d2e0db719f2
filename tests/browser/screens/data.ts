import type { BrowserContext } from '@playwright/test';

/*
 * What a person has in the screens that are looked at: each kind of thing that
 * a row can show, and the longest there may be.
 */

const NOW = new Date();
const LONG =
  'Ask the people of the allotment association about the water, the key of ' +
  'the shed and Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

function day(by: number): string {
  const at = new Date(
    NOW.getFullYear(),
    NOW.getMonth(),
    NOW.getDate() + by,
    12,
  );
  return at.toISOString().slice(0, 10);
}

const due = (by: number, time: string | null = null) => ({
  date: day(by),
  time,
  time_zone: null,
});

function id(number: number): string {
  return `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

const common = {
  version: 1,
  deleted_at: null,
  created_at: NOW.toISOString(),
  updated_at: NOW.toISOString(),
};

const HOME = id(1);
const lists = [
  { id: HOME, name: 'Home', color: 'teal', order: 1 },
  { id: id(2), name: 'Work', color: 'blue', order: 2 },
  { id: id(3), name: LONG.slice(0, 100), color: null, order: 3 },
  { id: id(4), name: 'Old trip', color: 'red', order: 4, deleted_at: day(-1) },
].map((list) => ({ ...common, open: 0, total: 0, ...list }));

const tasks = [
  { title: 'Call the dentist', due: due(-2), priority: 'high' },
  { title: LONG, notes: `${LONG}\n\n${LONG}`, tags: ['errand', 'garden'] },
  { title: 'Pay the rent', due: due(0, '09:00'), list_id: HOME },
  { title: 'Water the plants', due: due(0), list_id: HOME, tags: ['garden'] },
  {
    title: 'Weekly report',
    due: due(1, '16:30'),
    list_id: id(2),
    priority: 'medium',
    recurrence: { rrule: 'FREQ=WEEKLY', from: 'due' },
  },
  { title: 'Renew the passport', due: due(9), priority: 'low' },
  { title: 'Buy bread', notes: 'Rye' },
  { title: 'Book the train', completed_at: NOW.toISOString() },
  { title: 'Send the parcel', completed_at: `${day(-3)}T10:00:00.000Z` },
  { title: 'Buy the rye flour', parent_id: id(106), completed_at: day(-1) },
  { title: LONG.slice(0, 120), parent_id: id(106), due: due(3) },
  { title: 'A draft of long ago', deleted_at: `${day(-4)}T10:00:00.000Z` },
].map((task, index) => ({
  ...common,
  id: id(100 + index),
  url: '',
  notes: '',
  completed: 'completed_at' in task,
  completed_at: null,
  list_id: null,
  parent_id: null,
  order: index,
  priority: 'none',
  tags: [],
  due: null,
  start: null,
  recurrence: null,
  ...task,
}));

export const FILLED_LIST = `/lists/${HOME}`;

/** The server has this, and no more, for these pages. */
export async function serve(
  context: BrowserContext,
  what: 'everything' | 'nothing',
): Promise<void> {
  const filled = what === 'everything';
  await context.route('**/api/events', (route) => route.abort());
  await context.route('**/api/changes**', (route) =>
    route.fulfill({
      json: {
        tasks: filled ? tasks : [],
        lists: filled ? lists : [],
        next: 'end',
        more: false,
      },
    }),
  );
  // The account has journeys of its own, which must not meet what is typed here.
  await context.route('**/api/tasks', (route, request) =>
    request.method() === 'POST'
      ? route.fulfill({
          status: 201,
          json: { ...tasks[0], ...request.postDataJSON(), version: 1 },
        })
      : route.fallback(),
  );
}
