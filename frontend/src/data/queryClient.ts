import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '@/api/problem.ts';

export const SESSION_KEY = ['session'] as const;

/**
 * The client repeats requests itself. A 401 on any of them means that the
 * session has ended: who is signed in is asked again.
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: { retry: false, staleTime: 15_000, networkMode: 'always' },
  },
});

export function noticeSignedOut(error: unknown): void {
  if (error instanceof ApiProblem && error.status === 401) {
    void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
  }
}
