import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { listTokens } from '@/api/listTokens.ts';
import { revokeToken } from '@/api/revokeToken.ts';
import type { Token } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import { LoadError } from '@/ui/Message.tsx';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import { showToast } from '@/ui/toasts.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';
import { TokenForm } from './TokenForm.tsx';
import { TokenRow } from './TokenRow.tsx';
import { useRemote } from './useRemote.ts';

export function TokenSettings() {
  const { data, error, offline, reload } = useRemote(listTokens);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const revoke = async ({ id, name }: Token) => {
    setRevoking(null);
    try {
      await revokeToken(id);
      showToast({ kind: 'info', text: t('tokens.revoked', { name }) });
    } catch (failure) {
      showError(t('error.sign'), failure);
    }
    reload();
  };
  return (
    <>
      {offline && (
        <p className={styles.notice} role="status">
          {t('settings.offline')}
        </p>
      )}
      <Section title={t('tokens.title')} lead={<Lead />}>
        {!data && error !== undefined && !offline && (
          <LoadError error={error} onRetry={reload} />
        )}
        {data?.length === 0 && (
          <p className={styles.empty}>
            <KeyRound size={20} className={styles.icon} aria-hidden="true" />
            {t('tokens.none')}
          </p>
        )}
        <ul aria-label={t('tokens.title')}>
          {data?.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              offline={offline}
              onRevoke={() => setRevoking(token)}
            />
          ))}
        </ul>
      </Section>
      <Section title={t('tokens.new')}>
        <TokenForm offline={offline} onCreated={reload} />
      </Section>
      <Sheet
        title={t('tokens.revokeTitle')}
        isOpen={revoking !== null}
        onClose={() => setRevoking(null)}
      >
        <div className={styles.form}>
          <p className={styles.typed}>
            {t('tokens.revokeHelp', { name: revoking?.name ?? '' })}
          </p>
          <SheetButtons>
            <button
              type="button"
              className={button.button}
              onClick={() => setRevoking(null)}
            >
              {t('settings.cancel')}
            </button>
            <button
              type="button"
              className={button.danger}
              onClick={() => revoking && revoke(revoking)}
            >
              {t('tokens.revoke')}
            </button>
          </SheetButtons>
        </div>
      </Sheet>
    </>
  );
}

function Lead() {
  return (
    <>
      {t('tokens.lead')} <a href="/api/openapi.json">/api/openapi.json</a>
    </>
  );
}
