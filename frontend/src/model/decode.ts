/** A part of an address, which can be typed, and wrong: `bad` then. */
export function decode(text: string, bad = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return bad;
  }
}
