import { Component, type ReactNode } from 'react';
import { t } from '@/i18n/i18n.ts';
import button from './button.module.css';
import { Message } from './Message.tsx';

/** Shows a way on instead of an empty page when drawing fails. */
export class CrashGuard extends Component<
  { children: ReactNode },
  { crashed: boolean }
> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) {
      return this.props.children;
    }
    return (
      <Message title={t('error.crash')} help={t('error.crashHelp')}>
        <button
          type="button"
          className={button.button}
          onClick={() => location.reload()}
        >
          {t('error.reload')}
        </button>
      </Message>
    );
  }
}
