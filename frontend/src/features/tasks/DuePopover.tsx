import type { ComponentProps, RefObject } from 'react';
import { Popover } from 'react-aria-components';
import { t } from '@/i18n/i18n.ts';
import menu from '@/ui/menu.module.css';
import { DuePanel } from './DuePanel.tsx';
import styles from './DuePicker.module.css';

interface DuePopoverProps extends ComponentProps<typeof DuePanel> {
  trigger: RefObject<HTMLElement | null>;
}

/** The panel beside its chip; leaving it takes what it shows. */
export function DuePopover({ trigger, ...panel }: DuePopoverProps) {
  return (
    <Popover
      className={`${menu.popover} ${styles.popover}`}
      triggerRef={trigger}
      placement="bottom start"
      aria-label={t('due.none')}
      isOpen
      onOpenChange={() => panel.onClose(panel.draft)}
    >
      <DuePanel {...panel} />
    </Popover>
  );
}
