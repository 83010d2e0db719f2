import { ApiProblem, NetworkProblem } from '@/api/problem.ts';
import type { Refusal } from '@/data/db.ts';
import { t } from '@/i18n/i18n.ts';
import { showToast } from './toasts.ts';

/** What went wrong, in words that say what to do about it. */
export function errorHelp(error: unknown): string {
  if (error instanceof NetworkProblem) {
    return t('error.network');
  }
  if (!(error instanceof ApiProblem)) {
    return t('error.browser');
  }
  return statusHelp(error.status, problemDetail(error));
}

/** The same, of a write that was sent behind the person's back. */
export function refusalText(refusal: Refusal): string {
  return refusal.status === 404
    ? t('outbox.gone')
    : statusHelp(refusal.status, refusal.detail);
}

function statusHelp(status: number, detail: string): string {
  switch (status) {
    case 401:
      return t('error.signedOut');
    case 403:
      return t('error.forbidden');
    case 404:
    case 410:
      return t('error.missing');
    case 409:
    case 412:
      return t('error.conflict');
    case 429:
      return t('error.tooMany');
    case 502:
    case 503:
    case 504:
      return t('error.unavailable');
    default:
      return status < 500 ? t('error.invalid', { detail }) : t('error.server');
  }
}

function problemDetail(problem: ApiProblem): string {
  const fields = problem.fields.map((field) => field.detail).filter(Boolean);
  return fields.join(' ') || problem.detail || problem.message;
}

export function requestIdOf(error: unknown): string | null {
  return error instanceof ApiProblem ? error.requestId : null;
}

export function showError(text: string, error: unknown, more = ''): void {
  showToast({
    kind: 'error',
    text,
    detail: [errorHelp(error), more].filter(Boolean).join(' '),
    requestId: requestIdOf(error),
  });
}
