import { ChevronRight, Tag } from 'lucide-react';
import { useState } from 'react';
import { useTags } from '@/data/tags.ts';
import { t } from '@/i18n/i18n.ts';
import { pathOfTag } from '@/model/view.ts';
import { NavItem } from '@/ui/NavItem.tsx';
import styles from './TagNav.module.css';

const KEY = 'steady.tagsClosed';

/** The tags of what is to do, in the sidebar; nothing if there are none. */
export function TagNav() {
  const tags = useTags() ?? [];
  const [closed, setClosed] = useState(
    () => localStorage.getItem(KEY) !== null,
  );
  if (tags.length === 0) {
    return null;
  }
  const toggle = () => {
    if (closed) {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, '1');
    }
    setClosed(!closed);
  };
  return (
    <section aria-labelledby="tags-heading">
      <h2 id="tags-heading" className={styles.heading}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={!closed}
          onClick={toggle}
        >
          {t('nav.tags')}
          <ChevronRight size={16} aria-hidden="true" className={styles.arrow} />
        </button>
      </h2>
      {!closed && (
        <ul>
          {tags.map(({ name, open }) => (
            <li key={name}>
              <NavItem
                to={pathOfTag(name)}
                icon={<Tag size={16} />}
                label={name}
                count={open}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
