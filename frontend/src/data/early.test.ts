import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { takeEarly } from '@/api/early.ts';
import { writeAccount } from './account.ts';

const source = readFileSync('public/early.js', 'utf8');
const stored = new Map<string, string>();
const asked: string[] = [];

/** What public/early.js asks for in a page of this state. */
async function runEarly(): Promise<string[]> {
  asked.length = 0;
  Function('window', source)(globalThis);
  await globalThis.steadyEarly?.['/api/changes'];
  return asked;
}

beforeEach(() => {
  stored.clear();
  vi.stubGlobal('steadyEarly', undefined);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return Response.json({ path });
  });
});

test('of who is not known here all is asked for', async () => {
  expect(await runEarly()).toEqual(['/api/session', '/api/changes']);
  const answer = await takeEarly('/api/changes');
  expect(await answer?.json()).toEqual({ path: '/api/changes' });
  expect(await takeEarly('/api/changes')).toBeNull();
});

test('of who is known here nothing is', async () => {
  writeAccount({ userId: 'somebody', canSignOut: true, ended: false });
  expect(await runEarly()).toEqual([]);
});

test('once the page has asked itself nothing is, either', async () => {
  expect(await takeEarly('/api/session')).toBeNull();
  expect(await runEarly()).toEqual([]);
});
