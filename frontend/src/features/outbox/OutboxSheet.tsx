import { useRef } from 'react';
import type { Patch } from '@/api/types.ts';
import type { Entry } from '@/data/db.ts';
import {
  decideWrite,
  discardWrite,
  retryWrite,
  syncNow,
} from '@/data/local.ts';
import { type OutboxItem, useOutbox, useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { CopyId } from '@/ui/CopyId.tsx';
import { refusalText } from '@/ui/errorText.ts';
import { Sheet } from '@/ui/Sheet.tsx';
import { writeText } from '@/ui/writeText.ts';
import styles from './Outbox.module.css';

interface OutboxSheetProps {
  isOpen: boolean;
  onClose: () => void;
}

const SHOWN = 50;

/** All that the server does not have, and what one can do about it. */
export function OutboxSheet({ isOpen, onClose }: OutboxSheetProps) {
  return (
    <Sheet title={t('outbox.title')} isOpen={isOpen} onClose={onClose}>
      <OutboxList />
    </Sheet>
  );
}

function OutboxList() {
  const items = useOutbox(SHOWN);
  const waiting = useSyncState()?.waiting ?? 0;
  const body = useRef<HTMLDivElement>(null);
  // The button that has the focus goes with its row.
  const decide = (decision: () => Promise<void>) => {
    body.current?.focus();
    void decision();
  };
  if (!items) {
    return null;
  }
  const hidden = waiting - items.length;
  return (
    <div ref={body} tabIndex={-1} className={styles.body}>
      <p className={styles.help}>
        {t(items.length === 0 ? 'outbox.empty' : 'outbox.help')}
      </p>
      <ul className={styles.list}>
        {items.map((item) => (
          <OutboxRow key={item.entry.seq} item={item} onDecide={decide} />
        ))}
      </ul>
      {hidden > 0 && (
        <p className={styles.help}>{t('outbox.more', { count: hidden })}</p>
      )}
      {items.length > 0 && (
        <button type="button" className={button.button} onClick={syncNow}>
          {t('outbox.tryNow')}
        </button>
      )}
    </div>
  );
}

interface OutboxRowProps {
  item: OutboxItem;
  onDecide: (decision: () => Promise<void>) => void;
}

function OutboxRow({ item: { entry, name }, onDecide }: OutboxRowProps) {
  const { kind, op, state } = entry;
  return (
    <li className={styles.row}>
      <p className={styles.what}>{writeText(kind, op.type, name)}</p>
      {state.type === 'queued' && (
        <p className={styles.help}>{t('outbox.waits')}</p>
      )}
      {state.type === 'conflict' && (
        <Conflict entry={entry} theirs={state.theirs} onDecide={onDecide} />
      )}
      {state.type === 'rejected' && (
        <>
          <p>{refusalText(state.problem)}</p>
          {state.problem.requestId && <CopyId id={state.problem.requestId} />}
          <Typed patch={op.type === 'update' ? op.patch : {}} />
          <div className={styles.buttons}>
            <button
              type="button"
              className={button.button}
              onClick={() => onDecide(() => retryWrite(entry.seq))}
            >
              {t('draft.retry')}
            </button>
            <button
              type="button"
              className={button.button}
              onClick={() => onDecide(() => discardWrite(entry.seq))}
            >
              {t('draft.discard')}
            </button>
          </div>
        </>
      )}
    </li>
  );
}

interface ConflictProps {
  entry: Entry;
  theirs: Patch;
  onDecide: OutboxRowProps['onDecide'];
}

function Conflict({ entry, theirs, onDecide }: ConflictProps) {
  const { seq, op } = entry;
  const mine = op.type === 'update' ? op.patch : {};
  return (
    <>
      <p>{t('draft.conflict')}</p>
      {textsOf(theirs).map((text) => (
        <blockquote key={text} className={styles.text}>
          {text || t('draft.empty')}
        </blockquote>
      ))}
      <Typed patch={mine} />
      <div className={styles.buttons}>
        <button
          type="button"
          className={button.button}
          onClick={() => onDecide(() => decideWrite(seq, 'mine'))}
        >
          {t('draft.keepMine')}
        </button>
        <button
          type="button"
          className={button.button}
          onClick={() => onDecide(() => decideWrite(seq, 'theirs'))}
        >
          {t('draft.useTheirs')}
        </button>
      </div>
    </>
  );
}

/** What the person has typed, to be read and copied. */
function Typed({ patch }: { patch: Patch }) {
  const texts = textsOf(patch);
  if (texts.length === 0) {
    return null;
  }
  return (
    <>
      <p>{t('outbox.mine')}</p>
      {texts.map((text) => (
        <blockquote key={text} className={styles.text}>
          {text || t('draft.empty')}
        </blockquote>
      ))}
    </>
  );
}

function textsOf({ title, notes, name }: Patch): string[] {
  return [title, notes, name].filter((text) => text !== undefined);
}
