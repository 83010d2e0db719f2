const listeners = new Set<() => void>();

/** Prints what the view lists, without the page around it. */
export function printView(): void {
  for (const listener of listeners) {
    listener();
  }
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
  listeners.add(listener);
  document.addEventListener('keydown', onKeyDown);
  return () => {
    listeners.delete(listener);
    document.removeEventListener('keydown', onKeyDown);
  };
}
