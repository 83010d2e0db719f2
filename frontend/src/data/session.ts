import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createSession } from '@/api/createSession.ts';
import { createUser } from '@/api/createUser.ts';
import { deleteSession } from '@/api/deleteSession.ts';
import { getSession, type SessionState } from '@/api/getSession.ts';
import type { User } from '@/api/types.ts';
import { clearDrafts } from './drafts.ts';
import { SESSION_KEY } from './queryClient.ts';
import { forgetWrites } from './writes.ts';

export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => getSession(signal),
    staleTime: 5 * 60_000,
  });
}

/** For what is drawn only when somebody is signed in. */
export function useUser(): User | null {
  return useSession().data?.user ?? null;
}

export function useCanSignOut(): boolean {
  return useSession().data?.canSignOut ?? false;
}

export function useSessionActions() {
  const client = useQueryClient();
  const enter = (user: User) => {
    const state: SessionState = {
      user,
      canSignOut: true,
      registration: 'closed',
    };
    client.removeQueries({ queryKey: ['tasks'] });
    client.removeQueries({ queryKey: ['lists'] });
    client.setQueryData(SESSION_KEY, state);
  };
  return {
    async signIn(email: string, password: string) {
      enter((await createSession(email, password)).user);
    },
    async signUp(email: string, password: string, name: string) {
      await createUser(email, password, name);
      const state = await getSession();
      if (state.user) {
        enter(state.user);
      }
    },
    /** Nothing of this person stays in the browser. */
    async signOut() {
      await deleteSession();
      clearDrafts();
      forgetWrites();
      client.removeQueries({ queryKey: ['tasks'] });
      client.removeQueries({ queryKey: ['lists'] });
      await client.resetQueries({ queryKey: SESSION_KEY });
    },
  };
}
