import {
  CalendarDays,
  CircleCheckBig,
  Inbox,
  List,
  Search,
  Sun,
  Tag,
  Trash2,
} from 'lucide-react';
import { t } from '@/i18n/i18n.ts';
import type { View } from '@/model/view.ts';
import { Message } from '@/ui/Message.tsx';

const ICONS = {
  inbox: Inbox,
  today: Sun,
  upcoming: CalendarDays,
  list: List,
  tag: Tag,
  completed: CircleCheckBig,
  trash: Trash2,
  search: Search,
};

/** What an empty view is for, and how to fill it. */
export function EmptyView({ view }: { view: View }) {
  const Icon = ICONS[view.kind];
  const name =
    view.kind === 'search' && view.query !== '' ? 'noMatch' : view.kind;
  return (
    <Message
      icon={<Icon size={28} aria-hidden="true" />}
      title={t(`empty.${name}`)}
      help={t(`empty.${name}Help`)}
    />
  );
}
