// Translates what the driver throws into the error catalogue, once, here.
import type { ErrorDefinition } from '../errors.ts';
import { busyRow, databaseUnavailable, invalidInput, ServiceError } from '../errors.ts';

export type ConstraintErrors = Readonly<Record<string, ErrorDefinition<Record<string, never>>>>;

const CONSTRAINT_CLASS = '23';
const RETRYABLE = new Set(['40001', '40P01', '55P03']);
const UNAVAILABLE = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25P03',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** A NUL, or half a surrogate pair, in a text: PostgreSQL stores neither. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);
const DRIVER_LOST =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

function textProperty(error: object, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** Returns the catalogue error for a driver error, or the error itself when it is a broken invariant. */
export function translateFault(error: unknown, constraints: ConstraintErrors): unknown {
  if (error instanceof ServiceError || !(error instanceof Error)) return error;
  const code = textProperty(error, 'code');
  const constraint = textProperty(error, 'constraint');
  if (code?.startsWith(CONSTRAINT_CLASS) && constraint !== undefined) {
    return constraints[constraint]?.({}) ?? error;
  }
  if (code !== undefined && RETRYABLE.has(code)) return busyRow({});
  if (code !== undefined && UNSTORABLE_TEXT.has(code)) {
    return invalidInput({ issues: [{ field: '', expected: 'text without NUL characters' }] });
  }
  if ((code !== undefined && UNAVAILABLE.has(code)) || DRIVER_LOST.test(error.message)) return databaseUnavailable({});
  return error;
}
