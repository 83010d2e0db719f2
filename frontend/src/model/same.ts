/** Equal as JSON, in whatever order the fields come. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) {
    return a === b;
  }
  const [left, right] = [a, b] as Record<string, unknown>[];
  const names = Object.keys(left ?? {});
  return (
    names.length === Object.keys(right ?? {}).length &&
    names.every((name) => same(left?.[name], right?.[name]))
  );
}
