declare global {
  /** By path: what public/early.js has asked for. */
  var steadyEarly: Record<string, Promise<Response | null>> | undefined;
}

/**
 * The answer to a request that was sent before the page's code was there, for
 * the first who asks; null if there is none. From then on public/early.js, if
 * it comes later than this code, asks for nothing: its answers would be old
 * when somebody takes them.
 */
export async function takeEarly(path: string): Promise<Response | null> {
  globalThis.steadyEarly ??= {};
  const answer = globalThis.steadyEarly[path] ?? null;
  delete globalThis.steadyEarly[path];
  return answer;
}
