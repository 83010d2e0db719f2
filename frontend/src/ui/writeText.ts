import type { Kind, Write } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';

/** What a write does, as in: Change “Pay rent”. */
export function writeText(
  kind: Kind,
  type: Write['op']['type'],
  name: string,
): string {
  return kind === 'user'
    ? t('outbox.user')
    : t(`outbox.${kind}.${type}`, { name });
}
