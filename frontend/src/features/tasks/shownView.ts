import type { View } from '@/model/view.ts';

let view: View | null = null;

/** What the list on the screen shows; null: there is none. */
export function setShownView(next: View | null): void {
  view = next;
}

export function shownView(): View | null {
  return view;
}

/** Whether the person puts the tasks of a view into their order. */
export function isByHand({ kind }: View): boolean {
  return kind === 'inbox' || kind === 'list';
}
