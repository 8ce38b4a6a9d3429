// The error catalogue kit: every refusal has a stable code, an HTTP status, a sentence for a person and typed
// details for a program. Browser-safe, so that contracts may use it.

/** Says if trying again helps: transient = retry, ambiguous = it may have happened, look first, permanent = fix the input. */
export type Retry = 'permanent' | 'transient' | 'ambiguous';

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The one error type that crosses services. Its message never holds health data: ids and codes only. */
export class ServiceError extends Error {
  readonly code: string;
  /** HTTP status, 400–599. */
  readonly status: number;
  readonly details: ErrorDetails;
  readonly retry: Retry;

  constructor(code: string, status: number, sentence: string, details: ErrorDetails, retry: Retry) {
    super(sentence);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
    this.details = details;
    this.retry = retry;
  }
}

export interface ErrorDefinition<D extends ErrorDetails> {
  (details: D): ServiceError;
  readonly kind: 'error';
  readonly code: string;
  readonly status: number;
  readonly retry: Retry;
  /** The sentence with its details shown as `{name}`; the list in docs/errors.md prints it. */
  readonly template: string;
}

const namedBlanks: ErrorDetails = new Proxy({}, { get: (_target, key) => `{${String(key)}}` });

/**
 * Defines one refusal of a service.
 * @param code `<service>.<snake_case>`, never reused once published
 * @param sentence made from the details; must read as a whole sentence to the person at the screen
 */
export function defineError<D extends ErrorDetails = Record<string, never>>(
  code: string,
  status: number,
  sentence: (details: D) => string,
  retry: Retry = 'permanent',
): ErrorDefinition<D> {
  const make = (details: D) => new ServiceError(code, status, sentence(details), details, retry);
  return Object.assign(make, {
    kind: 'error' as const,
    code,
    status,
    retry,
    template: sentence(namedBlanks as D),
  });
}

export const invalidInput = defineError<{
  readonly issues: readonly { readonly field: string; readonly expected: string }[];
}>('platform.invalid_input', 400, ({ issues }) =>
  Array.isArray(issues)
    ? `The input is not valid: ${issues.map((issue) => `${issue.field || 'input'}: ${issue.expected}`).join('; ')}.`
    : 'The input is not valid: {issues}.',
);
export const unauthenticated = defineError(
  'platform.unauthenticated',
  401,
  () => 'Sign in first: this request carries no valid access token.',
);
export const forbidden = defineError<{ readonly permission: string }>(
  'platform.forbidden',
  403,
  ({ permission }) => `Your roles do not include the permission ${permission}.`,
);
export const permissionNotChecked = defineError<{ readonly operation: string }>(
  'platform.permission_not_checked',
  500,
  ({ operation }) => `The operation ${operation} checked no permission, so its answer is withheld.`,
);
export const unknownCall = defineError<{ readonly call: string }>(
  'platform.unknown_call',
  404,
  ({ call }) => `There is no call named ${call}.`,
);
export const serviceUnreachable = defineError<{ readonly service: string }>(
  'platform.service_unreachable',
  503,
  ({ service }) => `The ${service} service could not be reached; try again shortly.`,
  'transient',
);
export const outcomeUnknown = defineError<{ readonly service: string }>(
  'platform.outcome_unknown',
  504,
  ({ service }) => `The ${service} service did not answer in time; look whether it happened before trying again.`,
  'ambiguous',
);
export const databaseUnavailable = defineError(
  'platform.database_unavailable',
  503,
  () => 'The database cannot be reached just now; try again shortly.',
  'transient',
);
export const busyRow = defineError(
  'platform.busy',
  409,
  () => 'Someone else changed the same record at the same moment; try again.',
  'transient',
);
export const tooManyRequests = defineError<{ readonly retryAfterSeconds: number }>(
  'platform.too_many_requests',
  429,
  ({ retryAfterSeconds }) => `Too many requests; try again in ${retryAfterSeconds} s.`,
  'transient',
);
export const internalFault = defineError<{ readonly requestId: string }>(
  'platform.internal',
  500,
  ({ requestId }) => `Something failed inside; quote request ${requestId} to support.`,
);
export const badCursor = defineError(
  'platform.bad_cursor',
  400,
  () => 'The cursor (after) was not made by this list; start again without it.',
);
