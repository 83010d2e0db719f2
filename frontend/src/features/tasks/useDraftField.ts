import { useEffect, useRef, useState } from 'react';
import {
  type Draft,
  draftKey,
  dropDraft,
  readDraft,
  writeDraft,
} from '@/data/drafts.ts';

/** `restored`: typed before a reload or crash, and never left. */
export type DraftKind = 'clean' | 'dirty' | 'restored' | 'empty';

interface DraftOptions {
  taskId: string;
  field: 'title' | 'notes';
  /** What is shown elsewhere: the stored text. */
  value: string;
  isTitle: boolean;
  /** `base` is what the field said when the typing began. */
  save: (text: string, base: string) => Promise<unknown>;
}

/** A text edited in place: each keystroke is kept until the field is left. */
export function useDraftField(options: DraftOptions) {
  const { taskId, field, value, isTitle, save } = options;
  const key = draftKey(taskId, field);
  const [draft, setDraft] = useState(() => readDraft(key));
  const [kind, setKind] = useState<DraftKind>(draft ? 'restored' : 'clean');
  const latest = useRef<Draft | null>(draft);
  // The text that is being stored: a field is left, and then goes away.
  const sending = useRef<string | null>(null);

  const put = (next: Draft | null, nextKind: DraftKind) => {
    latest.current = next;
    setDraft(next);
    setKind(nextKind);
  };

  // A stored text stays drawn until it comes back as the value.
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a new value
  useEffect(() => {
    if (kind === 'clean') {
      latest.current = null;
      setDraft(null);
    }
  }, [value]);

  const type = (text: string) => {
    const base = latest.current?.base ?? value;
    const next = { text, base };
    put(next, 'dirty');
    writeDraft(key, next);
  };

  const revert = () => {
    dropDraft(key);
    put(null, 'clean');
  };

  const store = async () => {
    const sent = latest.current;
    if (!sent) {
      return;
    }
    const text = isTitle ? sent.text.trim() : sent.text;
    // What is typed from now on is based on it.
    latest.current = { text: sent.text, base: text };
    sending.current = sent.text;
    try {
      await save(text, sent.base);
    } finally {
      sending.current = null;
    }
    if (latest.current.text === sent.text) {
      dropDraft(key);
      put({ text, base: text }, 'clean');
    }
  };

  /** On leaving the field. The person decides about an old draft. */
  const commit = async () => {
    const text = latest.current?.text ?? value;
    const isDecided = kind === 'clean' || kind === 'restored';
    if (isDecided || sending.current === text) {
      return;
    }
    if (text === value) {
      revert();
    } else if (isTitle && text.trim() === '') {
      setKind('empty');
    } else {
      await store();
    }
  };

  return { text: draft?.text ?? value, kind, type, commit, store, revert };
}
