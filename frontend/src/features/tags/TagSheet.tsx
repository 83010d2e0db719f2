import { type SubmitEvent, useState } from 'react';
import { useTags } from '@/data/tags.ts';
import { t } from '@/i18n/i18n.ts';
import { isTagName } from '@/model/tagName.ts';
import button from '@/ui/button.module.css';
import { Field } from '@/ui/Field.tsx';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import styles from './TagSheet.module.css';
import { useTagActions } from './useTagActions.ts';

interface TagSheetProps {
  tag: string;
  isOpen: boolean;
  onClose: () => void;
}

export function TagSheet({ tag, isOpen, onClose }: TagSheetProps) {
  return (
    <Sheet title={t('tag.rename')} isOpen={isOpen} onClose={onClose}>
      <TagForm tag={tag} onClose={onClose} />
    </Sheet>
  );
}

function TagForm({ tag, onClose }: Omit<TagSheetProps, 'isOpen'>) {
  const [name, setName] = useState(tag);
  const { rename } = useTagActions();
  const wanted = name.trim();
  const isOther = wanted !== tag;
  const isKnown = useTags()?.some((other) => other.name === wanted);
  const isBad = !isTagName(wanted);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isBad) {
      onClose();
      void (isOther && rename(tag, wanted));
    }
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={t('list.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        maxLength={50}
        autoComplete="off"
        autoFocus
        hint={isOther && isKnown ? t('tag.merges', { tag, next: wanted }) : ''}
        error={isBad ? t('tag.needsName') : null}
      />
      <SheetButtons>
        <button type="button" className={button.button} onClick={onClose}>
          {t('list.cancel')}
        </button>
        <button type="submit" className={button.primary}>
          {t(isOther && isKnown ? 'tag.merge' : 'list.save')}
        </button>
      </SheetButtons>
    </form>
  );
}
