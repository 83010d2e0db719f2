import type { ComponentProps } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { PickList } from './PickList.tsx';
import styles from './PickSheet.module.css';

interface PickSheetProps extends ComponentProps<typeof PickList> {
  onClose: () => void;
}

/** A dialog at the top of the screen to find one thing in, and do it. */
export function PickSheet({ onClose, ...list }: PickSheetProps) {
  return (
    <ModalOverlay
      className={styles.overlay}
      isOpen
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={styles.modal}>
        <Dialog className={styles.dialog} aria-label={list.label}>
          <PickList {...list} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
