/**
 * The time zones that the browser knows, and `more`, under their regions:
 * "Europe" has "Europe/Oslo". Those without one come first, under "UTC".
 */
export function zonesByRegion(more: readonly string[]): [string, string[]][] {
  const all = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...more]);
  const regions = new Map<string, string[]>([['UTC', []]]);
  for (const zone of [...all].sort()) {
    const slash = zone.indexOf('/');
    const region = slash < 0 ? 'UTC' : zone.slice(0, slash);
    regions.set(region, [...(regions.get(region) ?? []), zone]);
  }
  return [...regions];
}
