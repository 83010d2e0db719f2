import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { t } from '@/i18n/i18n.ts';
import styles from './Shell.module.css';
import { Sidebar } from './Sidebar.tsx';

interface DrawerProps {
  isOpen: boolean;
  onClose: () => void;
  onShortcuts: () => void;
}

/** The sidebar on a phone. */
export function Drawer({ isOpen, onClose, onShortcuts }: DrawerProps) {
  return (
    <ModalOverlay
      className={styles.overlay}
      isOpen={isOpen}
      onOpenChange={onClose}
      isDismissable
    >
      <Modal className={styles.drawer}>
        <Dialog className={styles.drawerDialog} aria-label={t('nav.label')}>
          <Sidebar onShortcuts={onShortcuts} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
