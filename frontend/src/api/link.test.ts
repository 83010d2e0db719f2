import { expect, test } from 'vitest';
import { nextPath } from './link.ts';

test('the next page is read without its host', () => {
  expect(
    nextPath(
      '<https://other:8443/api/tasks?cursor=a%2Bb&limit=50>; rel="next"',
    ),
  ).toBe('/api/tasks?cursor=a%2Bb&limit=50');
});

test('other relations and a missing header are no next page', () => {
  expect(nextPath('</api/tasks>; rel="prev"')).toBeNull();
  expect(nextPath(null)).toBeNull();
  expect(nextPath('</a?x=1,2>; rel="prev", </b?x=1,2>; rel="next"')).toBe(
    '/b?x=1,2',
  );
});
