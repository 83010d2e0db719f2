import { expect, test } from 'vitest';
import { deviceOf } from './userAgent.ts';

const MOZILLA = 'Mozilla/5.0';
const LIKE = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [
    `${MOZILLA} (X11; Linux x86_64) ${LIKE} Chrome/140.0.0.0 Safari/537.36`,
    { browser: 'Chrome', system: 'Linux', isMobile: false },
  ],
  [
    `${MOZILLA} (Windows NT 10.0) ${LIKE} Chrome/140.0 Safari/537.36 Edg/140.0`,
    { browser: 'Edge', system: 'Windows', isMobile: false },
  ],
  [
    `${MOZILLA} (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0`,
    { browser: 'Firefox', system: 'Android', isMobile: true },
  ],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1`,
    { browser: 'Safari', system: 'iPhone', isMobile: true },
  ],
  ['curl/8.14.1', { browser: 'curl', system: null, isMobile: false }],
  ['Mozilla/5.0', { browser: null, system: null, isMobile: false }],
  ['<script>', { browser: null, system: null, isMobile: false }],
  [null, { browser: null, system: null, isMobile: false }],
])('%s', (agent, device) => {
  expect(deviceOf(agent)).toEqual(device);
});
