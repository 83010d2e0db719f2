import { BrowserRouter } from 'react-router';
import { CrashGuard } from '@/ui/CrashGuard.tsx';
import { ToastRegion } from '@/ui/ToastRegion.tsx';
import { SessionGate } from './SessionGate.tsx';

export function App() {
  return (
    <CrashGuard>
      {/* At once: keys typed after the one that opens a task are text. */}
      <BrowserRouter useTransitions={false}>
        <SessionGate />
        <ToastRegion />
      </BrowserRouter>
    </CrashGuard>
  );
}
