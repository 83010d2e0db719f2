import { ApiProblem } from '@/api/problem.ts';
import { t } from '@/i18n/i18n.ts';
import { errorHelp, requestIdOf } from '@/ui/errorText.ts';

export interface AuthErrors {
  email?: string;
  password?: string;
  form?: string;
  requestId?: string | null;
}

const MIN_PASSWORD = 8;

/** What can be said before the server is asked. */
export function checkFields(
  email: string,
  password: string,
  isNew: boolean,
): AuthErrors {
  const errors: AuthErrors = {};
  if (!/^\S+@\S+$/.test(email)) {
    errors.email = t('session.invalidEmail');
  }
  const minimum = isNew ? MIN_PASSWORD : 1;
  // Characters, as the server counts them: an emoji is one.
  if ([...password].length < minimum) {
    errors.password = t('session.shortPassword');
  }
  return errors;
}

/** The server's answer, put to the field that it is about. */
export function authErrors(error: unknown, isNew: boolean): AuthErrors {
  if (!(error instanceof ApiProblem)) {
    return { form: errorHelp(error) };
  }
  const requestId = requestIdOf(error);
  if (error.type.endsWith('/registration-closed')) {
    return { form: t('session.closed'), requestId };
  }
  if (error.status === 401) {
    return { form: t('session.wrong') };
  }
  if (isNew && error.status === 409) {
    return { email: t('session.taken') };
  }
  const errors: AuthErrors = {};
  for (const field of error.fields) {
    if (field.pointer === '/email' || field.pointer === '/password') {
      errors[field.pointer === '/email' ? 'email' : 'password'] = field.detail;
    }
  }
  return errors.email || errors.password
    ? errors
    : { form: errorHelp(error), requestId };
}
