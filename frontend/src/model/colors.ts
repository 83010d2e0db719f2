/** The colours a list can have: names, drawn by ui/tokens.css per theme. */
export const LIST_COLORS = [
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'purple',
  'gray',
] as const;
export type ListColor = (typeof LIST_COLORS)[number];

/** The CSS colour of a list; other programs may store "#rrggbb". */
export function cssColor(color: string | null): string {
  if (color !== null && /^#[0-9a-f]{6}$/i.test(color)) {
    return color;
  }
  const known = LIST_COLORS.find((name) => name === color);
  return `var(--list-${known ?? 'gray'})`;
}
