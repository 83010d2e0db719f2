import type { Page } from '@playwright/test';
import type { RunOptions } from 'axe-core';
import { violations } from '../axe.ts';

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
  return foundBy(page, {
    runOnly: { type: 'tag', values: TAGS },
    rules: { 'target-size': { enabled: true } },
  });
}

/** What axe finds of that which differs from theme to theme. */
export function axeColours(page: Page): Promise<string[]> {
  return foundBy(page, {
    runOnly: { type: 'rule', values: ['color-contrast'] },
  });
}

async function foundBy(page: Page, options: RunOptions): Promise<string[]> {
  return (await violations(page, options)).flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html}`),
  );
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
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const shown = element.checkVisibility({ visibilityProperty: true });
      const hidden = element.closest('.sr-only, [aria-hidden="true"]');
      const unseen = !shown || hidden || isBehind(element);
      if (!hasText || unseen || box.width <= 1) {
        continue;
      }
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
