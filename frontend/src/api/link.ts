/**
 * The path and query of the next page from a Link header (RFC 8288); the
 * host is dropped, as a proxy may be known by another name than the page.
 */
export function nextPath(header: string | null): string | null {
  for (const part of header?.split(/,\s*(?=<)/) ?? []) {
    const match = /^\s*<([^>]*)>\s*;(.*)$/.exec(part);
    if (match?.[1] && /(^|;)\s*rel="?next"?\s*(;|$)/i.test(match[2] ?? '')) {
      const url = new URL(match[1], 'http://host');
      return url.pathname + url.search;
    }
  }
  return null;
}
