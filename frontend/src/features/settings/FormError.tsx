import { CopyId } from '@/ui/CopyId.tsx';
import { errorHelp, requestIdOf } from '@/ui/errorText.ts';
import styles from './Settings.module.css';

/** Why a form was not accepted, where no field can say it. */
export function FormError({ error }: { error: unknown }) {
  const id = requestIdOf(error);
  return (
    <div className={styles.error} role="alert">
      <p>{errorHelp(error)}</p>
      {id && <CopyId id={id} />}
    </div>
  );
}
