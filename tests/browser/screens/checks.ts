import type { Page } from '@playwright/test';
import { findings } from '../axe.ts';

const TAGS = [
  'wcag2a',
  'wcag2aa',
  'wcag21a',
  'wcag21aa',
  'wcag22aa',
  'best-practice',
];

/** What axe finds, targets smaller than 24 px among it. */
export function axe(page: Page): Promise<string[]> {
  return findings(page, {
    runOnly: { type: 'tag', values: TAGS },
    rules: { 'target-size': { enabled: true } },
  });
}

/** What axe finds of that which differs from theme to theme. */
export function axeColours(page: Page): Promise<string[]> {
  return findings(page, {
    runOnly: { type: 'rule', values: ['color-contrast'] },
  });
}

/** What is beyond the edges, or cut off in the middle of its text. */
export function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const beyond = document.documentElement.scrollWidth - innerWidth;
    if (beyond > 0) {
      found.push(`the page is ${beyond} px too wide`);
    }
    const isMeant = (style: CSSStyleDeclaration) =>
      style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
    /** Behind the three dots of what it is part of. */
    const isBehind = (element: Element) => {
      const around = element.parentElement;
      return (
        element.localName === 'mark' &&
        around !== null &&
        isMeant(getComputedStyle(around)) &&
        around.getBoundingClientRect().right <= innerWidth
      );
    };
    const isRead = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      !element.closest('.sr-only, [aria-hidden="true"]') &&
      !isBehind(element) &&
      element.getBoundingClientRect().width > 1 &&
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
    const all = document.body.querySelectorAll<HTMLElement>('*');
    for (const element of [...all].filter(isRead)) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const told = `<${element.localName}> ${element.textContent?.slice(0, 40)}`;
      if (box.right > innerWidth + 1 || (box.right > 0 && box.left < -1)) {
        found.push(`${told}: from ${box.left} to ${box.right}`);
      }
      const cut = element.scrollWidth > element.clientWidth + 1;
      const cuts = ['hidden', 'clip'].includes(style.overflowX);
      if (cut && cuts && !isMeant(style)) {
        found.push(`${told}: cut off at ${element.clientWidth}`);
      }
    }
    return found;
  });
}

/** What moves for longer than this, ms. */
export function moving(page: Page, longest: number): Promise<string[]> {
  return page.evaluate((limit) => {
    const ms = (text: string) =>
      Math.max(
        ...text
          .split(', ')
          .map(
            (each) => Number.parseFloat(each) * (/ms$/.test(each) ? 1 : 1000),
          ),
      );
    const late: string[] = [];
    for (const element of document.querySelectorAll('body, body *')) {
      const style = getComputedStyle(element);
      const transition = ms(style.transitionDuration);
      const animation =
        style.animationName === 'none' ? 0 : ms(style.animationDuration);
      if (Math.max(transition, animation) > limit) {
        late.push(`${element.localName}.${element.className}`);
      }
    }
    return late;
  }, longest);
}
