/*
 * Sent while the page's code is on its way: who is signed in, and what they
 * have. src/api/early.ts takes the answers. Who is known in this browser sees
 * what is kept here, and nothing is asked for.
 */
(() => {
  try {
    const isLate = window.steadyEarly !== undefined;
    if (isLate || localStorage.getItem('steady.account') !== null) {
      return;
    }
  } catch {
    return;
  }
  const get = (path) =>
    fetch(path, {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(35_000),
    });
  const session = get('/api/session');
  const changes = session.then((answer) =>
    answer.ok ? get('/api/changes') : null,
  );
  // Whoever takes them hears of a failure.
  session.catch(() => undefined);
  changes.catch(() => undefined);
  window.steadyEarly = { '/api/session': session, '/api/changes': changes };
})();
