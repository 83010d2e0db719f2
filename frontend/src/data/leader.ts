/**
 * Runs `work` in one tab at a time; when that tab goes, another takes over.
 * Plain http has no Web Locks: there each tab leads, which costs requests and
 * does no harm, since the server knows each write by its key.
 */
export async function lead(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (!('locks' in navigator)) {
    return work(signal);
  }
  try {
    await navigator.locks.request(name, { signal }, () => work(signal));
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}
