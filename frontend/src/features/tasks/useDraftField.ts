import { useEffect, useRef, useState } from 'react';
import { draftKey, dropDraft, readDraft, writeDraft } from '@/data/drafts.ts';
import { TaskConflict } from '@/data/taskWrites.ts';

export type DraftState =
  | { kind: 'clean' | 'dirty' | 'restored' | 'failed' | 'empty' }
  | { kind: 'conflict'; theirs: string };

interface DraftOptions {
  taskId: string;
  field: 'title' | 'notes';
  /** What the server has, as far as is known. */
  value: string;
  required: boolean;
  save: (text: string) => Promise<unknown>;
}

/**
 * A text that is edited in place: each keystroke is kept in a draft until
 * the server has it, and a change made elsewhere is never written over.
 */
export function useDraftField(options: DraftOptions) {
  const { taskId, field, value, required, save } = options;
  const key = draftKey(taskId, field);
  const [text, setText] = useState(() => readDraft(key) ?? value);
  const [state, setState] = useState<DraftState>(() => ({
    kind: readDraft(key) === null ? 'clean' : 'restored',
  }));
  // What the typing started from.
  const base = useRef(value);
  const latest = useRef(text);
  // The text that is on its way to the server.
  const sent = useRef<string | null>(null);

  useEffect(() => {
    if (state.kind === 'clean') {
      base.current = value;
      latest.current = value;
      setText(value);
    }
  }, [value, state.kind]);

  const type = (next: string) => {
    latest.current = next;
    setText(next);
    setState({ kind: 'dirty' });
    writeDraft(key, next);
  };

  const settle = (next: string) => {
    base.current = next;
    latest.current = next;
    dropDraft(key);
    setText(next);
    setState({ kind: 'clean' });
  };

  const store = async () => {
    const wanted = latest.current;
    base.current = value;
    sent.current = wanted;
    try {
      await save(wanted);
      if (latest.current === wanted) {
        settle(wanted);
      }
    } catch (error) {
      setState(
        error instanceof TaskConflict
          ? { kind: 'conflict', theirs: error.current[field] }
          : { kind: 'failed' },
      );
    } finally {
      sent.current = null;
    }
  };

  /** On leaving the field. Resolves once it is stored, or is not going to. */
  const commit = async () => {
    if (state.kind === 'restored' || sent.current === latest.current) {
      // The person decides about an old draft; the other is on its way.
      return;
    }
    if (latest.current === value || state.kind === 'clean') {
      settle(value);
    } else if (required && latest.current.trim() === '') {
      setState({ kind: 'empty' });
    } else if (value !== base.current) {
      setState({ kind: 'conflict', theirs: value });
    } else if (state.kind !== 'conflict') {
      await store();
    }
  };

  const revert = () => settle(value);

  return { text, state, type, commit, store, revert };
}
