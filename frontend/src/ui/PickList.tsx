import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Autocomplete,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  SearchField,
} from 'react-aria-components';
import styles from './PickList.module.css';

export interface Pick {
  id: string;
  label: string;
  icon?: ReactNode;
  /** At the end of the row: a key, or where it is. */
  hint?: ReactNode;
  run: () => void;
}

export interface PickGroup {
  id: string;
  heading: string;
  picks: Pick[];
}

interface PickListProps {
  label: string;
  placeholder: string;
  query: string;
  onQuery: (query: string) => void;
  groups: PickGroup[];
  empty: string;
}

/** A field, and below it what fits; the keyboard stays in the field. */
export function PickList(props: PickListProps) {
  const { label, placeholder, query, onQuery, groups, empty } = props;
  return (
    <Autocomplete inputValue={query} onInputChange={onQuery}>
      <SearchField aria-label={label} className={styles.field} autoFocus>
        <Search size={18} className={styles.icon} aria-hidden="true" />
        <Input className={styles.input} placeholder={placeholder} />
      </SearchField>
      <Menu
        aria-label={label}
        className={styles.menu}
        renderEmptyState={() => <p className={styles.empty}>{empty}</p>}
      >
        {groups
          .filter(({ picks }) => picks.length > 0)
          .map((group) => (
            <MenuSection key={group.id} id={group.id}>
              <Header className={styles.heading}>{group.heading}</Header>
              {group.picks.map((pick) => (
                <MenuItem
                  key={pick.id}
                  id={pick.id}
                  textValue={pick.label}
                  className={styles.item}
                  onAction={pick.run}
                >
                  <span className={styles.itemIcon}>{pick.icon}</span>
                  <span className={styles.label}>{pick.label}</span>
                  {pick.hint}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
      </Menu>
    </Autocomplete>
  );
}
