import { expect, type Page } from '@playwright/test';
import { complete } from '../steady.ts';
import { FILLED_LIST } from './data.ts';

export interface Screen {
  name: string;
  path: string;
  /** Of an account without anything. */
  empty?: true;
  /** Nobody is signed in. */
  out?: true;
  /** Leads from the address to the state that is looked at. */
  reach?: (page: Page) => Promise<unknown>;
  /** Brings the page back to where the next screen begins. */
  leave?: (page: Page) => Promise<unknown>;
}

const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole('button', { name }).first().click();

async function edit(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Call the dentist/ }).click();
  await page.getByRole('textbox', { name: 'Title' }).waitFor();
}

async function split(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Buy bread/ }).click();
  await page.getByRole('textbox', { name: 'Add a subtask' }).waitFor();
}

const within =
  (...steps: ((page: Page) => Promise<unknown>)[]) =>
  async (page: Page) => {
    for (const step of steps) {
      await step(page);
    }
  };

const dialog = (page: Page) => page.getByRole('dialog').first().waitFor();
const menu = (page: Page) => page.getByRole('menu').waitFor();

/** A change that the server refuses, so that it waits for the person. */
async function refuse(page: Page): Promise<void> {
  await page.route('**/api/tasks/*', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      headers: { 'X-Request-Id': '0123456789abcdef0123456789abcdef' },
      body: JSON.stringify({ type: '/problems/invalid', status: 422 }),
    }),
  );
  await complete(page, 'Buy bread');
  await page.getByRole('alert').waitFor();
}

/** A new screen, or a state of one, is a row here. */
export const SCREENS: Screen[] = [
  { name: 'sign-in', path: '/sign-in', out: true },
  {
    name: 'sign-in-wrong',
    path: '/sign-in',
    out: true,
    reach: async (page) => {
      await page.getByLabel('Email').fill('anna@example');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.locator('[aria-invalid="true"]').first()).toBeVisible();
    },
  },
  { name: 'sign-up-closed', path: '/sign-up', out: true },
  ...[
    'inbox',
    'today',
    'upcoming',
    'completed',
    'trash',
    'search',
    'nowhere',
  ].map((place) => ({
    name: `${place}-empty`,
    path: `/${place}`,
    empty: true as const,
  })),
  ...['inbox', 'today', 'upcoming', 'completed', 'trash'].map((place) => ({
    name: place,
    path: `/${place}`,
  })),
  { name: 'list', path: FILLED_LIST },
  {
    name: 'search',
    path: '/search',
    reach: (page) => page.getByRole('searchbox').fill('the'),
  },
  { name: 'settings', path: '/settings' },
  { name: 'settings-account', path: '/settings/account' },
  { name: 'settings-tokens', path: '/settings/tokens' },
  {
    name: 'adding',
    path: '/inbox',
    reach: (page) => page.locator('#quick-add').fill('Water the garden'),
    leave: (page) => page.locator('#quick-add').fill(''),
  },
  { name: 'editor', path: '/inbox', reach: edit },
  {
    name: 'editor-due',
    path: '/inbox',
    reach: within(edit, press(/^Due date/), (page) =>
      page.getByRole('grid').waitFor(),
    ),
  },
  {
    name: 'editor-priority',
    path: '/inbox',
    reach: within(edit, press(/^Priority/), menu),
  },
  {
    name: 'editor-list',
    path: '/inbox',
    reach: within(edit, press(/^Move to a list/), menu),
  },
  {
    name: 'editor-repeat',
    path: '/inbox',
    reach: within(edit, press(/^Repeat/), dialog, async (page) => {
      await page.getByLabel('How often').selectOption('By weeks');
      await page.getByLabel('Ends').selectOption('After a number of times');
    }),
  },
  {
    name: 'editor-start',
    path: '/inbox',
    reach: within(edit, press(/^Start day/), (page) =>
      page.getByRole('grid').waitFor(),
    ),
  },
  {
    name: 'editor-tags',
    path: '/inbox',
    reach: within(edit, press('Add a tag'), dialog),
  },
  { name: 'subtasks', path: '/inbox', reach: split },
  {
    name: 'subtask',
    path: '/inbox',
    reach: within(
      split,
      (page) =>
        page
          .getByRole('region', { name: 'Subtasks' })
          .getByRole('button', { name: /^Ask the people/ })
          .click(),
      (page) =>
        page.getByRole('navigation', { name: 'Above this task' }).waitFor(),
    ),
  },
  {
    name: 'row-menu',
    path: FILLED_LIST,
    reach: within(press('Options of “Pay the rent”'), menu),
  },
  {
    name: 'carried',
    path: FILLED_LIST,
    reach: within(
      (page) => page.getByRole('button', { name: /^Put “Pay/ }).press('Enter'),
      (page) => page.locator('[aria-pressed="true"]').waitFor(),
    ),
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'list-menu',
    path: FILLED_LIST,
    reach: within(press(/^Options of/), menu),
  },
  {
    name: 'help',
    path: '/inbox',
    reach: within((page) => page.keyboard.press('?'), dialog),
  },
  {
    name: 'offline',
    path: '/inbox',
    reach: async (page) => {
      await page.context().setOffline(true);
      await page.locator('#quick-add').fill('Typed in a tunnel');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Offline/ }).waitFor();
    },
    leave: (page) => page.context().setOffline(false),
  },
  {
    name: 'refused',
    path: '/inbox',
    reach: refuse,
  },
  {
    name: 'outbox',
    path: '/inbox',
    reach: within(press(/needs? you$/), dialog),
  },
];
