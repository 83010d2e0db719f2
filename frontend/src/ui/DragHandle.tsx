import { GripVertical } from 'lucide-react';
import type { KeyboardEvent, MouseEvent, PointerEvent } from 'react';
import styles from './DragHandle.module.css';
import type { Dragging } from './dragging.ts';
import { dragPointer } from './dragPointer.ts';

const loadKeys = () => import('./dragKeys.ts');

interface DragHandleProps {
  label: string;
  /** What is dragged by it, and where to, at that moment. */
  dragging: () => Dragging;
}

/** What a row is moved by, with a mouse, a finger or keys. */
export function DragHandle({ label, dragging }: DragHandleProps) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const { currentTarget: handle, pointerId, clientX: x, clientY: y } = event;
    if (event.button === 0) {
      handle.setPointerCapture(pointerId);
      dragPointer(handle, { x, y }, dragging());
    }
  };
  const carry = async (handle: HTMLElement) => {
    const { dragByKeys } = await loadKeys();
    dragByKeys(handle, dragging());
  };
  return (
    <button
      type="button"
      className={styles.handle}
      aria-label={label}
      data-drag-handle=""
      // A failure shows when it is used.
      onFocus={() => void loadKeys().catch(() => undefined)}
      onPointerDown={onPointerDown}
      onKeyDown={(event: KeyboardEvent<HTMLElement>) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          void carry(event.currentTarget);
        }
      }}
      onKeyUp={(event) => {
        // In Firefox it would be a click.
        if (event.key === ' ') {
          event.preventDefault();
        }
      }}
      onClick={(event: MouseEvent<HTMLElement>) => {
        // Screen readers click without a pointer.
        if (event.detail === 0) {
          void carry(event.currentTarget);
        }
      }}
    >
      <GripVertical size={16} aria-hidden="true" />
    </button>
  );
}
