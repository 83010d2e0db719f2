import type { Task } from '@/api/types.ts';
import { enEdit } from '@/i18n/enEdit.ts';
import { addTexts } from '@/i18n/i18n.ts';
import { RepeatPicker } from './RepeatPicker.tsx';
import { StartPicker } from './StartPicker.tsx';
import { TagChips } from './TagChips.tsx';

addTexts(enEdit);

/** What an opened task has besides what its row shows: it comes with it. */
export function MoreFields({ task }: { task: Task }) {
  return (
    <>
      <RepeatPicker task={task} />
      <StartPicker task={task} />
      <TagChips task={task} />
    </>
  );
}
