import { useEffect, useRef } from 'react';
import {
  IN_TEXTS,
  isSingle,
  SHORTCUTS,
  type ShortcutGroup,
  type ShortcutName,
} from './shortcutTable.ts';
import { hasSingleKeys } from './singleKeys.ts';

/** false: not now, the key is somebody else's. */
type Handler = () => unknown;

/** How long one has for the second key of two, ms. */
const SECOND_KEY_MS = 1000;

const layers: { current: Map<string, Handler> }[] = [];
let held = 0;
let first: { key: string; at: number } | null = null;

/**
 * Does the shortcuts of a group while the caller is drawn. They are off while
 * text is typed or a dialog or menu is open.
 */
export function useShortcuts<G extends ShortcutGroup>(
  group: G,
  handlers: Record<ShortcutName<G>, Handler>,
): void {
  const layer = useRef(new Map<string, Handler>());
  useEffect(() => {
    const table: Record<string, readonly string[]> = SHORTCUTS[group];
    layer.current = new Map(
      Object.entries(table).flatMap(([name, keys]) =>
        keys.map((key) => [key, handlers[name as ShortcutName<G>]]),
      ),
    );
  });
  useEffect(() => {
    if (layers.length === 0) {
      document.addEventListener('keydown', onKeyDown);
    }
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) {
        document.removeEventListener('keydown', onKeyDown);
      }
    };
  }, []);
}

/** Longer than that nobody types ahead of a dialog, ms. */
const HOLD_MS = 3000;

/** In place of a dialog that is still on its way: keys are meant for it. */
export function HoldShortcuts(): null {
  useEffect(() => {
    held += 1;
    let release = () => {
      held -= 1;
      release = () => {};
    };
    const timer = setTimeout(() => release(), HOLD_MS);
    return () => {
      clearTimeout(timer);
      release();
    };
  }, []);
  return null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (held > 0 || event.defaultPrevented || event.isComposing) {
    return;
  }
  const key = nameOf(event);
  const before = first && event.timeStamp - first.at < SECOND_KEY_MS;
  const found =
    (before && handlerOf(`${first?.key} ${key}`, event)) ||
    handlerOf(key, event);
  first = { key, at: event.timeStamp };
  if (found && found() !== false) {
    event.preventDefault();
    first = null;
  }
}

function handlerOf(keys: string, event: KeyboardEvent): Handler | undefined {
  if (
    (isElsewhere(event.target) && !IN_TEXTS.includes(keys)) ||
    (isSingle(keys) && !hasSingleKeys())
  ) {
    return undefined;
  }
  return layers
    .map(({ current }) => current.get(keys))
    .findLast((handler) => handler !== undefined);
}

function nameOf(event: KeyboardEvent): string {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  // The letter that stands there, for keyboards of other scripts.
  const isForeign = key.length === 1 && key > '~' && code.startsWith('Key');
  const plain = isForeign ? code.slice(3).toLowerCase() : key;
  const shift = shiftKey && (key.length > 1 || ctrlKey || metaKey);
  return [
    (ctrlKey || metaKey) && 'Mod+',
    altKey && 'Alt+',
    shift && 'Shift+',
    plain,
  ]
    .filter(Boolean)
    .join('');
}

/** Whether keys are text there, or the field's own. */
function isTyping(target: HTMLElement): boolean {
  return (
    target.isContentEditable ||
    target.matches('textarea, select, input:not([type="checkbox"])')
  );
}

function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (isTyping(target) ||
      target.closest('[role="dialog"], [role="menu"]') !== null)
  );
}
