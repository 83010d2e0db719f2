/** An address would lose "." and "..": no tag is named so. */
export function isTagName(name: string): boolean {
  return !['', '.', '..'].includes(name);
}
