import { readJson, request } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { Registration, Session, User } from './types.ts';

export interface SessionState {
  user: User | null;
  canSignOut: boolean;
  registration: Registration;
}

/** Asks once who is signed in; user is null if nobody is. */
export async function getSession(signal?: AbortSignal): Promise<SessionState> {
  try {
    const { user, session } = await readJson<Session>(
      await request('GET', '/api/session', { signal }),
    );
    return { user, canSignOut: session !== null, registration: 'closed' };
  } catch (error) {
    // Not the 401 of a hotel's network.
    const isOurs =
      error instanceof ApiProblem && error.type.includes('/problems/');
    if (isOurs && error.status === 401) {
      const registration = readRegistration(error.body);
      return { user: null, canSignOut: false, registration };
    }
    throw error;
  }
}

function readRegistration(body: { [member: string]: unknown }): Registration {
  const value = body.registration;
  return value === 'open' || value === 'first' ? value : 'closed';
}
