import { type SubmitEvent, useState } from 'react';
import type { User } from '@/api/types.ts';
import { changeMe } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import { Field } from '@/ui/Field.tsx';
import { undoToast } from '@/ui/undo.ts';
import styles from './Settings.module.css';

/** The name under which one's own account is shown. */
export function NameForm({ user }: { user: User }) {
  // null: nothing is being typed, the name may change from elsewhere.
  const [draft, setDraft] = useState<{ text: string; base: string } | null>(
    null,
  );
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = draft?.text.trim();
    if (!draft || name === undefined || name === user.name) {
      setDraft(null);
      return;
    }
    try {
      await changeMe({ name }, { name: draft.base });
      setDraft(null);
      undoToast(t('settings.saved'));
    } catch (error) {
      showError(t('error.save'), error);
    }
  };
  return (
    <form className={styles.line} onSubmit={submit}>
      <Field
        label={t('settings.name')}
        value={draft?.text ?? user.name}
        autoComplete="name"
        maxLength={100}
        onChange={({ target }) =>
          setDraft({ text: target.value, base: draft?.base ?? user.name })
        }
      />
      <button type="submit" className={button.button}>
        {t('settings.save')}
      </button>
    </form>
  );
}
