/** What a person does in one page. `pick` and `also` are random, 0 to 1. */
export interface Act {
  name: string;
  text: string;
  pick: number;
  also: number;
}

/**
 * A write as the page noted it, before anything else was done with it, or one
 * that came back and is the person's to decide.
 */
export interface Note {
  key: string;
  cameBack?: boolean;
  write: {
    kind: 'task' | 'list';
    id: string;
    op: {
      type: 'create' | 'update' | 'delete' | 'restore';
      body?: Record<string, unknown>;
      patch?: Record<string, unknown>;
    };
  };
}

export interface Driver {
  /** Does these, each once the one before is kept in the browser. */
  run: (acts: Act[]) => Promise<void>;
  /** What this device has written since the last call. */
  take: () => Note[];
  /** Decides one thing that came back, if the page tells of any. */
  decide: (pick: number) => Promise<void>;
}

declare global {
  interface Window {
    driver: Driver;
  }
}

/**
 * Runs in the page, before its scripts. A person's hands: it clicks, types and
 * presses keys on what the page shows, without the way through a debugger.
 * What takes two steps is done on one and the same row in the same moment, or
 * not at all.
 */
export function installDriver(): void {
  const NOTE = 'steady.write.';
  const DRAFT = 'steady.draft.';
  const LATE_MS = 10_000;
  // Where a tab that crashes leaves them to the next.
  const NOTED = 'model.';
  let waiting: string[] = [];
  let count = 0;

  const { setItem } = Storage.prototype;
  function record(note: Note): void {
    count += 1;
    const order = `${Date.now()}.${String(count).padStart(6, '0')}`;
    setItem.call(localStorage, NOTED + order, JSON.stringify(note));
  }

  // Before anything else is done with a write.
  Storage.prototype.setItem = function set(name, value) {
    if (name.startsWith(NOTE)) {
      record(JSON.parse(value) as Note);
      waiting.push(name);
    }
    setItem.call(this, name, value);
  };

  // Once more where it gets its place, and what is in no journal: an undo.
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function keep(value, ...rest) {
    if (this.name === 'outbox') {
      const { key, kind, id, op } = value;
      record({ key, write: { kind, id, op } });
    }
    return add.call(this, value, ...rest);
  };

  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function change(value, ...rest) {
    if (this.name === 'outbox' && value.state.type !== 'queued') {
      const { key, kind, id, op } = value;
      record({ key, cameBack: true, write: { kind, id, op } });
    }
    return put.call(this, value, ...rest);
  };

  async function until<T>(what: string, look: () => T | null | false) {
    const end = Date.now() + LATE_MS;
    for (;;) {
      const found = look();
      if (found) {
        return found;
      }
      if (Date.now() > end) {
        throw new Error(`Waited in vain for ${what}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  function all<T extends HTMLElement>(query: string, under?: Element): T[] {
    return [...(under ?? document).querySelectorAll<T>(query)];
  }

  function one<T extends HTMLElement>(query: string, under?: Element) {
    return (under ?? document).querySelector<T>(query);
  }

  function chosen<T>(items: T[], pick: number): T | undefined {
    return items[Math.floor(pick * items.length)];
  }

  function press(on: Element, key: string, more: KeyboardEventInit = {}) {
    const options = { key, bubbles: true, cancelable: true, ...more };
    on.dispatchEvent(new KeyboardEvent('keydown', options));
    on.dispatchEvent(new KeyboardEvent('keyup', options));
  }

  function fill(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
    const proto = Object.getPrototypeOf(field);
    Object.getOwnPropertyDescriptor(proto, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Those of a tab that has crashed wait for the next start. */
  const isKept = () => {
    waiting = waiting.filter((name) => localStorage.getItem(name) !== null);
    return waiting.length === 0;
  };

  const row = (pick: number) => chosen(all('[data-task-id]'), pick);

  function onRow(pick: number, key: string) {
    const main = row(pick)?.querySelector<HTMLElement>('[data-task-main]');
    if (main && location.pathname !== '/trash') {
      main.focus();
      press(main, key);
    }
  }

  /** Opens the editor of a row, does something there, and closes it. */
  async function inEditor(
    pick: number,
    work: (editor: HTMLElement) => Promise<void> | void,
  ) {
    const id = row(pick)?.dataset.taskId;
    if (!id || location.pathname === '/trash') {
      return;
    }
    one(`[data-task-id="${id}"] [data-task-main]`)?.click();
    // It may go at any moment, when another device deletes it.
    const query = `[data-task-id="${id}"] [data-task-editor]`;
    const editor = await until('an editor', () => one(query) ?? gone(id));
    if (editor instanceof HTMLElement) {
      await work(editor);
    }
    const rest = one(query);
    if (rest) {
      press(rest, 'Escape');
    }
    await until('the editor to close', () => !one(query));
  }

  function gone(id: string): true | null {
    return one(`[data-task-id="${id}"]`) ? null : true;
  }

  const write = (field: string) => async (act: Act) => {
    await inEditor(act.pick, (editor) => {
      const input = one<HTMLTextAreaElement>(
        `textarea[aria-label="${field}"]`,
        editor,
      );
      if (input) {
        input.focus();
        fill(input, act.text);
        press(input, 'Enter', { ctrlKey: true });
      }
    });
    await until('the text to be kept', () => !drafts().includes(act.text));
  };

  function drafts(): string[] {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(DRAFT))
      .map((name) => JSON.parse(localStorage.getItem(name) ?? '{}').text);
  }

  /** Chooses at random in a menu of the editor. */
  const choose = (label: string) => (act: Act) =>
    inEditor(act.pick, async (editor) => {
      one(`button[aria-label^="${label}"]`, editor)?.click();
      const items = await until('a menu', () => {
        const found = all('[role="menu"] [role^="menuitem"]');
        return found.length > 0 ? found : editor.isConnected ? null : [];
      });
      chosen(items, act.also)?.click();
      await until('the menu to go', () => !one('[role="menu"]'));
    });

  function button(name: string, under?: Element) {
    return all('button', under).find((each) => each.textContent === name);
  }

  const ACTS: Record<string, (act: Act) => Promise<void> | void> = {
    create({ text }) {
      const field = one<HTMLInputElement>('#quick-add');
      if (field) {
        fill(field, text);
        field.form?.requestSubmit();
      }
    },
    rename: write('Title'),
    note: write('Notes'),
    move: choose('Move to a list'),
    prioritise: choose('Priority'),
    complete: ({ pick }) => onRow(pick, 'x'),
    remove: ({ pick }) => onRow(pick, 'Delete'),
    restore({ pick }) {
      if (location.pathname === '/trash') {
        chosen(all('main li button'), pick)?.click();
      }
    },
    undo: () => button('Undo')?.click(),
    async go({ pick }) {
      const link = chosen(all('nav a[href]'), pick);
      const path = link?.getAttribute('href');
      link?.click();
      await until('a view', () => !path || location.pathname === path);
    },
  };

  const badge = () =>
    all('[role="status"] button').find((each) =>
      /needs? you$/.test(each.textContent ?? ''),
    );

  async function decide(pick: number): Promise<void> {
    badge()?.click();
    // Another tab may decide it meanwhile.
    const choices = await until(
      'what came back',
      () =>
        all('[role="dialog"] li').find((each) =>
          /Keep mine|Save again/.test(each.textContent ?? ''),
        ) ?? (badge() ? null : true),
    );
    if (choices instanceof HTMLElement) {
      const names = /^(Keep mine|Use the other|Save again|Discard)$/;
      const offers = all('button', choices).filter((each) =>
        names.test(each.textContent ?? ''),
      );
      chosen(offers, pick)?.click();
      await until(
        'the decision',
        () => !choices.isConnected || !offers[0]?.isConnected,
      );
    }
    const dialog = one('[role="dialog"]');
    if (dialog) {
      press(dialog, 'Escape');
    }
    await until('the sheet to close', () => !one('[role="dialog"]'));
  }

  window.driver = {
    async run(acts) {
      for (const act of acts) {
        try {
          await ACTS[act.name]?.(act);
          await until('the write to be kept', () => isKept());
        } catch (error) {
          throw new Error(`${act.name}: ${(error as Error).message}`);
        }
      }
    },
    take() {
      const names = Object.keys(localStorage)
        .filter((name) => name.startsWith(NOTED))
        .sort();
      return names.map((name) => {
        const note = JSON.parse(localStorage.getItem(name) ?? '') as Note;
        localStorage.removeItem(name);
        return note;
      });
    },
    decide,
  };
}
