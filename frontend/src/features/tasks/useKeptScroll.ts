import { useLayoutEffect } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

/** How far down each entry of the history was. */
const places = new Map<string, number>();

/** Back and forward lead to where one was, once the rows are there. */
export function useKeptScroll(isReady: boolean): void {
  const { key } = useLocation();
  const isBack = useNavigationType() === NavigationType.Pop;
  useLayoutEffect(() => {
    const top = places.get(key);
    if (isReady && isBack && top !== undefined) {
      window.scrollTo({ top });
    }
  }, [isReady, isBack, key]);
  // Ended in time: a page that loses its rows is scrolled to its top.
  useLayoutEffect(() => {
    if (!isReady) {
      return;
    }
    const onScroll = () => places.set(key, window.scrollY);
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => window.removeEventListener('scroll', onScroll);
  }, [isReady, key]);
}
