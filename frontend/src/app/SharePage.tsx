import { useEffect, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { draftTask } from '@/data/drafts.ts';
import { readShare } from '@/model/share.ts';

/** Puts what another app has shared into the field for a new task. */
export function SharePage() {
  const { hash } = useLocation();
  const [kept, setKept] = useState(false);
  useEffect(() => {
    draftTask(readShare(hash));
    setKept(true);
  }, [hash]);
  return kept ? <Navigate to="/inbox#add" replace /> : null;
}
