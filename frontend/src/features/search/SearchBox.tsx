import { Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import styles from './SearchBox.module.css';

interface SearchBoxProps {
  value: string;
  onChange: (query: string) => void;
}

const DEBOUNCE_MS = 150;

export function SearchBox({ value, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => onChange(text.trim()), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <search className={styles.box}>
      <Search size={18} className={styles.icon} aria-hidden="true" />
      <input
        id="search"
        type="search"
        className={styles.input}
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={200}
        // biome-ignore lint/a11y/noAutofocus: one comes here to type
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setText('');
          }
        }}
      />
      {text !== '' && (
        <button
          type="button"
          className={button.icon}
          aria-label={t('search.clear')}
          onClick={() => setText('')}
        >
          <X size={18} />
        </button>
      )}
    </search>
  );
}
