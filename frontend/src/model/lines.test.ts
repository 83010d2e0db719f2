import { expect, test } from 'vitest';
import { linesOf } from './lines.ts';

test.each([
  ['one', ['one']],
  ['one\r\n\r\ntwo\n', ['one', 'two']],
  ['- one\n* two\n• three', ['one', 'two', 'three']],
  ['- [ ] one\n- [x] two\n[ ] three', ['one', 'two', 'three']],
  ['1. one\n2) two\n10. three', ['one', 'two', 'three']],
  ['-5 degrees\n3 eggs\n1.5 l milk', ['-5 degrees', '3 eggs', '1.5 l milk']],
  ['  \n \t\n', []],
])('%j as titles', (text, titles) => {
  expect(linesOf(text)).toEqual(titles);
});
