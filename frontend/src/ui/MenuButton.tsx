import { type ComponentProps, type ReactNode, Suspense } from 'react';
import { lazyPart } from './lazyPart.ts';
import type { MenuPopover } from './MenuPopover.tsx';
import { HoldShortcuts } from './shortcuts.ts';
import { useOpener } from './useOpener.ts';

/** Menus are a quarter of what the page would be: they come when one is near. */
const load = () => import('./MenuPopover.tsx');
const LazyPopover = lazyPart(async () => (await load()).MenuPopover);

interface MenuButtonProps
  extends Pick<
    ComponentProps<typeof MenuPopover>,
    'label' | 'groups' | 'placement'
  > {
  className: string | undefined;
  /** If what it shows is not enough. */
  name?: string;
  children: ReactNode;
}

/** A button with a menu. */
export function MenuButton(props: MenuButtonProps) {
  const { className, name, children, ...menu } = props;
  const opener = useOpener('menu', load);
  return (
    <>
      <button {...opener.props} className={className} aria-label={name}>
        {children}
      </button>
      {opener.focus !== null && (
        <Suspense fallback={<HoldShortcuts />}>
          <LazyPopover
            {...menu}
            trigger={opener.ref}
            focus={opener.focus}
            onClose={opener.close}
          />
        </Suspense>
      )}
    </>
  );
}
