import { Tag } from 'lucide-react';
import { useParams } from 'react-router';
import { TagOptions } from '@/features/tags/TagOptions.tsx';
import { SelectButton } from '@/features/tasks/SelectButton.tsx';
import { TaskList } from '@/features/tasks/TaskList.tsx';
import { ViewFrame } from './ViewFrame.tsx';

/** The open tasks of all lists that have a tag. */
export function TagPage() {
  const { name = '' } = useParams();
  return (
    <ViewFrame
      title={name}
      icon={<Tag size={20} aria-hidden="true" />}
      tools={
        <>
          <SelectButton />
          <TagOptions key={name} tag={name} />
        </>
      }
    >
      <TaskList key={name} view={{ kind: 'tag', tag: name }} label={name} />
    </ViewFrame>
  );
}
