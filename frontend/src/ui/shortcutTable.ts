/**
 * All shortcuts: what works and what the sheet of shortcuts says is read from
 * here. "g i" is two keys, one after the other; Mod is Ctrl, or Cmd on a Mac.
 * Never Ctrl+Shift: browsers use these.
 */
export const SHORTCUTS = {
  anywhere: {
    new: ['n'],
    search: ['/'],
    palette: ['Mod+k'],
    undo: ['Mod+z'],
    sheet: ['?'],
  },
  go: {
    inbox: ['g i'],
    today: ['g t'],
    upcoming: ['g u'],
    completed: ['g c'],
    trash: ['g b'],
  },
  task: {
    next: ['j', 'ArrowDown'],
    previous: ['k', 'ArrowUp'],
    complete: ['x'],
    edit: ['e'],
    due: ['d'],
    list: ['l'],
    tags: ['t'],
    high: ['1'],
    medium: ['2'],
    low: ['3'],
    none: ['4'],
    delete: ['Delete', 'Backspace'],
    up: ['Alt+ArrowUp'],
    down: ['Alt+ArrowDown'],
    top: ['Alt+PageUp'],
    bottom: ['Alt+PageDown'],
  },
  select: {
    select: ['s'],
    selectNext: ['Shift+ArrowDown'],
    selectPrevious: ['Shift+ArrowUp'],
    selectAll: ['Mod+a'],
    actions: ['a'],
    leave: ['Escape'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type ShortcutGroup = keyof typeof SHORTCUTS;
export type ShortcutName<G extends ShortcutGroup> = keyof (typeof SHORTCUTS)[G];

/** These also work while text is typed. */
export const IN_TEXTS: readonly string[] = ['Mod+k'];

/** Letters, digits and signs alone, which can be switched off. */
export function isSingle(keys: string): boolean {
  return keys.length === 1 || keys.includes(' ');
}
