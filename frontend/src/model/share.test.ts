import { expect, test } from 'vitest';
import { readShare, type Shared, shareAddress, sharedLine } from './share.ts';

const NONE = { title: '', text: '', url: '' };

test.each<[string, Partial<Shared>, string]>([
  ['nothing', {}, ''],
  ['a link', { url: 'https://a.example/x' }, 'https://a.example/x'],
  [
    'a title and a link in the text',
    { title: 'How to', text: 'https://a.example/x' },
    'How to https://a.example/x',
  ],
  [
    'a link said twice',
    { text: 'Read https://a.example/x', url: 'https://a.example/x' },
    'Read https://a.example/x',
  ],
  ['lines', { text: ' one\n\n  two\t3 ' }, 'one two 3'],
])('makes one line of %s', (_, shared, line) => {
  expect(sharedLine({ ...NONE, ...shared })).toBe(line);
});

test('cuts the words and not the link', () => {
  const url = 'https://a.example/x';
  const line = sharedLine({ ...NONE, text: '🎈'.repeat(600), url });
  expect([...line]).toHaveLength(500);
  expect(line.endsWith(`… ${url}`)).toBe(true);
});

test('an address gives back what it was made of', () => {
  const text = 'a#b?c=d&e %41 <b> \u202e 🎈';
  const address = shareAddress({ ...NONE, text });
  expect(address).toMatch(/^\/share#[\w%.()*!'~-]+$/);
  expect(readShare(address.slice('/share'.length))).toBe(text);
  expect(readShare(shareAddress({ ...NONE, text: '\ud800' }).slice(6))).toBe(
    '\ufffd',
  );
  expect(readShare('#%E0%A4%A')).toBe('');
});
