import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/base.css';
import './ui/print.css';
import { App } from './app/App.tsx';
import { startSession } from './data/session.ts';
import { locale, t } from './i18n/i18n.ts';
import { awaitInstall } from './ui/install.ts';
import { startThemes } from './ui/theme.ts';
import { showToast } from './ui/toasts.ts';

startThemes();
awaitInstall();
// React Aria empties its announcements with innerHTML = ''. No other text may
// become markup.
window.trustedTypes?.createPolicy('default', {
  createHTML: (text) => {
    if (text !== '') {
      throw new TypeError('Text is not markup');
    }
    return text;
  },
});

// React Aria, which comes later, speaks this instead of the browser's own.
Object.assign(window, { [Symbol.for('react-aria.i18n.locale')]: locale() });

startSession();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

// Not before the page is there: it competes for the network.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => {
    // Safari knows no idle time.
    if ('requestIdleCallback' in window) {
      requestIdleCallback(keep, { timeout: 2000 });
    } else {
      setTimeout(keep, 1000);
    }
  });
}

async function keep(): Promise<void> {
  try {
    const { keepPage } = await import('./app/newVersion.ts');
    await keepPage(offerVersion);
  } catch {
    // It needs a network at every start then, as before the first visit.
  }
}

function offerVersion(take: () => void): void {
  showToast({
    kind: 'offer',
    text: t('app.newVersion'),
    action: { label: t('error.reload'), run: take },
  });
}
