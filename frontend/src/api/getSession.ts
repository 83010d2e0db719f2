import { sendJson } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { Registration, Session, User } from './types.ts';

export interface SessionState {
  user: User | null;
  canSignOut: boolean;
  registration: Registration;
}

/** Who is signed in; user is null if nobody is. */
export async function getSession(signal?: AbortSignal): Promise<SessionState> {
  try {
    const { user, session } = await sendJson<Session>('GET', '/api/session', {
      signal,
    });
    return { user, canSignOut: session !== null, registration: 'closed' };
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) {
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
