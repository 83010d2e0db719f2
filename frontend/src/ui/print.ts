import { Listeners } from './valueStore.ts';

const listeners = new Listeners();

/** Prints what the view lists, without the page around it. */
export function printView(): void {
  listeners.tell();
}

/** Called on printView() and Ctrl+P or Cmd+P, until the result is called. */
export function onPrint(listener: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    const isPrint = (event.ctrlKey || event.metaKey) && event.key === 'p';
    if (isPrint && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      listener();
    }
  };
  const unsubscribe = listeners.subscribe(listener);
  document.addEventListener('keydown', onKeyDown);
  return () => {
    unsubscribe();
    document.removeEventListener('keydown', onKeyDown);
  };
}
