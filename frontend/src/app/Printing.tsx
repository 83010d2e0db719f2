import { Suspense, useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { decode } from '@/model/decode.ts';
import { PLACES, type View } from '@/model/view.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import { onPrint } from '@/ui/print.ts';

const PrintSheet = lazyPart(
  async () => (await import('./PrintSheet.tsx')).PrintSheet,
);

/** Prints the whole list of a view, and not the part that is on the screen. */
export function Printing() {
  const { pathname, hash } = useLocation();
  const [printing, setPrinting] = useState<View | null>(null);
  useEffect(
    () =>
      onPrint(() => {
        const view = viewAt(pathname, hash);
        if (view) {
          setPrinting(view);
        } else {
          window.print();
        }
      }),
    [pathname, hash],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: on each new view
  useEffect(() => setPrinting(null), [pathname]);
  return (
    printing && (
      <Suspense fallback={null}>
        <PrintSheet view={printing} onDone={() => setPrinting(null)} />
      </Suspense>
    )
  );
}

function viewAt(pathname: string, hash: string): View | null {
  const [first, id] = pathname.split('/').slice(1);
  const place = PLACES.find((name) => name === first);
  if (place) {
    return { kind: place };
  }
  if (first === 'lists' && id) {
    return { kind: 'list', listId: id };
  }
  if (first === 'tags' && id) {
    return { kind: 'tag', tag: decode(id, id) };
  }
  return first === 'search' && hash !== ''
    ? { kind: 'search', query: decode(hash.slice(1), hash.slice(1)) }
    : null;
}
