import { Suspense } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { askSession, useSession } from '@/data/session.ts';
import { t } from '@/i18n/i18n.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import { LoadError } from '@/ui/Message.tsx';
import { Shell } from './Shell.tsx';

const AuthPage = lazyPart(
  async () => (await import('@/features/session/AuthPage.tsx')).AuthPage,
);

/** Decides between the tasks and signing in; the address stays the same. */
export function SessionGate() {
  const session = useSession();
  const { pathname } = useLocation();
  if (session.type === 'in') {
    return (
      <Routes>
        <Route path="/" element={<Navigate to="/inbox" replace />} />
        <Route path="/sign-in" element={<Navigate to="/inbox" replace />} />
        <Route path="/sign-up" element={<Navigate to="/inbox" replace />} />
        <Route path="*" element={<Shell />} />
      </Routes>
    );
  }
  if (session.type === 'out') {
    const { registration, ended } = session;
    const isNew =
      pathname === '/sign-up' ||
      (registration === 'first' && !ended && pathname !== '/sign-in');
    return (
      <Suspense>
        <AuthPage
          key={String(isNew)}
          mode={isNew ? 'signUp' : 'signIn'}
          registration={registration}
          ended={ended}
        />
      </Suspense>
    );
  }
  if (session.type === 'failed') {
    return (
      <main>
        <h1 className="sr-only">{t('app.name')}</h1>
        <LoadError error={session.error} onRetry={askSession} />
      </main>
    );
  }
  return (
    <p className="sr-only" role="status">
      {t('app.loading')}
    </p>
  );
}
