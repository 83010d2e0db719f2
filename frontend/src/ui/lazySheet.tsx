import { type ComponentType, Suspense } from 'react';
import { lazyPart } from './lazyPart.ts';
import { HoldShortcuts } from './shortcuts.ts';

/** A dialog whose code comes when it is opened for the first time. */
export function lazySheet<P extends { isOpen: boolean }>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const Part = lazyPart(load);
  // biome-ignore lint/correctness/noComponentHookFactories: once a module
  return function LazySheet(props: P) {
    return (
      props.isOpen && (
        <Suspense fallback={<HoldShortcuts />}>
          <Part {...props} />
        </Suspense>
      )
    );
  };
}
