import { parseRetryAfter } from './retryAfter.ts';

export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

/** What a problem+json body (RFC 9457) says, besides members of its type. */
export interface ProblemBody {
  type?: string;
  title?: string;
  detail?: string;
  request_id?: string;
  errors?: FieldProblem[];
  [member: string]: unknown;
}

/** The server answered, with an error. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly fields: FieldProblem[];
  readonly body: ProblemBody;
  /** How long the server wants us to wait; null if it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    status: number,
    body: ProblemBody,
    requestId: string | null,
    retryAfterMs: number | null = null,
  ) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.type = body.type ?? 'about:blank';
    this.detail = body.detail ?? '';
    this.requestId = body.request_id ?? requestId;
    this.fields = body.errors ?? [];
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came. */
export class NetworkProblem extends Error {}

export async function readProblem(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  const type = response.headers.get('Content-Type') ?? '';
  if (type.includes('json')) {
    const parsed: unknown = await response.json().catch(() => ({}));
    if (typeof parsed === 'object' && parsed !== null) {
      body = parsed as ProblemBody;
    }
  }
  return new ApiProblem(
    response.status,
    body,
    response.headers.get('X-Request-Id'),
    parseRetryAfter(response.headers.get('Retry-After')),
  );
}
