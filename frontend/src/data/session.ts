import { repeat } from '@/api/client.ts';
import { createSession } from '@/api/createSession.ts';
import { createUser } from '@/api/createUser.ts';
import { deleteMe } from '@/api/deleteMe.ts';
import { deleteSession } from '@/api/deleteSession.ts';
import { getSession, type SessionState } from '@/api/getSession.ts';
import { ApiProblem } from '@/api/problem.ts';
import type { Registration, User } from '@/api/types.ts';
import { localZone } from '@/model/dates.ts';
import { localWeekStart } from '@/model/week.ts';
import { valueStore } from '@/ui/valueStore.ts';
import { onAccountChange, readAccount, writeAccount } from './account.ts';
import { eraseAccount, local, openAccount } from './local.ts';
import { changeMe } from './me.ts';
import { receiveUser } from './replica.ts';

export type Session =
  | { type: 'starting' }
  | { type: 'failed'; error: unknown }
  | { type: 'in'; canSignOut: boolean }
  /** `ended`: somebody was signed in, and what they typed is still here. */
  | { type: 'out'; registration: Registration; ended: boolean };

const session = valueStore<Session>({ type: 'starting' });
const { set } = session;

export const useSession = session.use;

/** Who is known is not asked for again: their tasks show at once. */
export function startSession(): void {
  onAccountChange(() => location.reload());
  const account = readAccount();
  if (account && !account.ended) {
    enter(account.userId, account.canSignOut, {
      verified: false,
      isNew: false,
    });
  } else {
    void askSession();
  }
}

export async function askSession(): Promise<void> {
  set({ type: 'starting' });
  try {
    await settle(await repeat(() => getSession()));
  } catch (error) {
    set({ type: 'failed', error });
  }
}

async function settle(state: SessionState): Promise<void> {
  const { user, canSignOut, registration } = state;
  if (user) {
    await enterAs(user, canSignOut);
  } else {
    set({ type: 'out', registration, ended: readAccount() !== null });
  }
}

async function enterAs(user: User, canSignOut: boolean): Promise<void> {
  const isNew = readAccount() === null;
  writeAccount({ userId: user.id, canSignOut, ended: false });
  enter(user.id, canSignOut, { verified: true, isNew });
  await receiveUser(local(), user);
}

function enter(
  userId: string,
  canSignOut: boolean,
  how: Parameters<typeof openAccount>[1],
): void {
  openAccount(userId, how, onEnded);
  set({ type: 'in', canSignOut });
}

/** The engine was told that this session is over, or somebody else's. */
function onEnded(state: SessionState | null): void {
  const account = readAccount();
  if (state?.user) {
    const { user, canSignOut } = state;
    writeAccount({ userId: user.id, canSignOut, ended: false });
  } else if (account) {
    writeAccount({ ...account, ended: true });
  }
  location.reload();
}

export async function signIn(email: string, password: string): Promise<void> {
  await enterAs((await createSession(email, password)).user, true);
}

export async function signUp(
  email: string,
  password: string,
  name: string,
): Promise<void> {
  await createUser(email, password, name);
  await settle(await repeat(() => getSession()));
  // A new account knows neither. They can be changed in the settings.
  await changeMe({ time_zone: localZone(), week_start: localWeekStart() });
}

/** Nothing of this person stays in the browser. */
export async function signOut(): Promise<void> {
  try {
    await deleteSession();
  } catch (error) {
    // A session that has ended is what was wanted.
    if (!(error instanceof ApiProblem && error.status === 401)) {
      throw error;
    }
  }
  await forget();
}

/** Deletes the account for good, here and on the server. */
export async function deleteAccount(password: string): Promise<void> {
  await deleteMe(password);
  await forget();
}

async function forget(): Promise<void> {
  writeAccount(null);
  await eraseAccount();
  location.assign('/sign-in');
}
