import { expect, test } from 'vitest';
import { enHelp } from '@/i18n/enHelp.ts';
import { SHORTCUTS } from '@/ui/shortcutTable.ts';

test('each shortcut has a text, and each text a shortcut', () => {
  const { anywhere, go, task, select } = enHelp.help;
  const texts = { anywhere, go, task, select };
  const names = (groups: Record<string, object>) =>
    Object.entries(groups).map(([id, group]) => [id, Object.keys(group)]);
  expect(names(texts)).toEqual(names(SHORTCUTS));
});

test('no two shortcuts have the same keys, and none is Ctrl+Shift', () => {
  const keys = Object.values(SHORTCUTS).flatMap((group) =>
    Object.values<readonly string[]>(group).flat(),
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => /Mod.*Shift|Shift.*Mod/.test(key))).toEqual([]);
});
