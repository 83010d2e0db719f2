import { type SubmitEvent, useState } from 'react';
import type { List } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { cssColor, LIST_COLORS } from '@/model/colors.ts';
import button from '@/ui/button.module.css';
import { CopyId } from '@/ui/CopyId.tsx';
import { errorHelp, requestIdOf } from '@/ui/errorText.ts';
import { Field } from '@/ui/Field.tsx';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import styles from './ListSheet.module.css';
import { useListActions } from './useListActions.ts';

interface ListSheetProps {
  /** null: a new list. */
  list: List | null;
  isOpen: boolean;
  onClose: () => void;
}

export function ListSheet({ list, isOpen, onClose }: ListSheetProps) {
  return (
    <Sheet
      title={t(list ? 'list.editTitle' : 'list.new')}
      isOpen={isOpen}
      onClose={onClose}
    >
      <ListForm list={list} onClose={onClose} />
    </Sheet>
  );
}

function ListForm({ list, onClose }: Omit<ListSheetProps, 'isOpen'>) {
  const { create, change } = useListActions();
  const [name, setName] = useState(list?.name ?? '');
  const [color, setColor] = useState<string>(list?.color ?? 'teal');
  const [empty, setEmpty] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    setEmpty(wanted === '');
    if (wanted === '') {
      return;
    }
    try {
      await (list ? change(list, wanted, color) : create(wanted, color));
      onClose();
    } catch (error) {
      setFailure(error);
    }
  };

  const id = requestIdOf(failure);
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={t('list.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        maxLength={100}
        autoComplete="off"
        autoFocus
        error={empty ? t('list.needsName') : null}
      />
      <fieldset className={styles.colors}>
        <legend className={styles.label}>{t('list.color')}</legend>
        <div className={styles.swatches}>
          {LIST_COLORS.map((item) => (
            <input
              key={item}
              type="radio"
              name="color"
              value={item}
              checked={item === color}
              onChange={() => setColor(item)}
              className={styles.swatch}
              style={{ color: cssColor(item) }}
              aria-label={t(`color.${item}`)}
            />
          ))}
        </div>
      </fieldset>
      {failure !== null && (
        <div className={styles.failure} role="alert">
          <p>{errorHelp(failure)}</p>
          {id && <CopyId id={id} />}
        </div>
      )}
      <SheetButtons>
        <button type="button" className={button.button} onClick={onClose}>
          {t('list.cancel')}
        </button>
        <button type="submit" className={button.primary}>
          {t(list ? 'list.save' : 'list.create')}
        </button>
      </SheetButtons>
    </form>
  );
}
