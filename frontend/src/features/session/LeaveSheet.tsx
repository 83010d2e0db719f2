import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import styles from './UserMenu.module.css';

interface LeaveSheetProps {
  isOpen: boolean;
  /** So many writes would be lost. */
  waiting: number;
  onClose: () => void;
  onLeave: () => void;
}

/** Asks before a sign-out loses what the server does not have. */
export function LeaveSheet(props: LeaveSheetProps) {
  const { isOpen, waiting, onClose, onLeave } = props;
  return (
    <Sheet title={t('session.signOut')} isOpen={isOpen} onClose={onClose}>
      <p className={styles.warning}>
        {t('session.unsent', { count: waiting })}
      </p>
      <SheetButtons>
        <button type="button" className={button.button} onClick={onClose}>
          {t('session.stay')}
        </button>
        <button type="button" className={button.primary} onClick={onLeave}>
          {t('session.signOutAnyway')}
        </button>
      </SheetButtons>
    </Sheet>
  );
}
