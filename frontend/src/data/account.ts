/** Whose tasks this browser shows; kept outside of their database. */
export interface Account {
  userId: string;
  /** False where nobody signs in, or out: STEADY_AUTH=none. */
  canSignOut: boolean;
  /** The session has ended; what was not sent waits for the next one. */
  ended: boolean;
}

/** public/early.js looks for it, too. */
const KEY = 'steady.account';

export function readAccount(): Account | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Account | null;
  } catch {
    return null;
  }
}

export function writeAccount(account: Account | null): void {
  if (account === null) {
    localStorage.removeItem(KEY);
  } else {
    localStorage.setItem(KEY, JSON.stringify(account));
  }
}

/** Calls back when another tab has signed in or out. */
export function onAccountChange(listener: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    // null: everything was cleared.
    if (key === KEY || key === null) {
      listener();
    }
  });
}
