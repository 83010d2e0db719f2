import { I18nProvider } from 'react-aria-components';
import { BrowserRouter } from 'react-router';
import { locale } from '@/i18n/i18n.ts';
import { CrashGuard } from '@/ui/CrashGuard.tsx';
import { ToastRegion } from '@/ui/ToastRegion.tsx';
import { SessionGate } from './SessionGate.tsx';

export function App() {
  return (
    <CrashGuard>
      <I18nProvider locale={locale()}>
        {/* At once: keys typed after the one that opens a task are text. */}
        <BrowserRouter useTransitions={false}>
          <SessionGate />
          <ToastRegion />
        </BrowserRouter>
      </I18nProvider>
    </CrashGuard>
  );
}
