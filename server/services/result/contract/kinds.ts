// Cultures, narratives and images at the bench: what is more than one text is entered whole (lab-day 37, 50).
import * as z from 'zod';

import { defineCall, Id, noteText, Version } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { ResultDetail, ResultView } from './value.ts';

/**
 * Enters the findings; the value is the line that sums them up. May be repeated until the result is verified. A signed
 * preliminary culture is opened by its next stage: the interim stays on record and on its report, and this is no amendment.
 * @throws result.not_found | result.stale | result.cannot_move | result.wrong_detail | result.bad_detail | result.no_such_file | result.wrong_file
 */
export const enterDetail = defineCall(
  'result.enterDetail',
  z.object({
    resultId: Id,
    expectedVersion: Version,
    detail: ResultDetail,
    note: noteText(1000).nullish(),
  }),
  ResultView,
);

export const wrongDetail = defineError<{ readonly expected: string }>(
  'result.wrong_detail',
  400,
  ({ expected }) => `The field detail is of another kind than the test; expected ${expected}.`,
);
export const badDetail = defineError<{ readonly faults: readonly string[] }>(
  'result.bad_detail',
  400,
  ({ faults }) => `The field detail has faults: ${Array.isArray(faults) ? faults.join('; ') : String(faults)}.`,
);
export const detailNeeded = defineError<{ readonly kind: string }>(
  'result.detail_needed',
  400,
  ({ kind }) => `This test has a ${kind}: enter its findings, not a value.`,
);
export const detailIncomplete = defineError<{ readonly resultId: string; readonly missing: readonly string[] }>(
  'result.detail_incomplete',
  409,
  ({ missing }) =>
    `The findings are not complete and cannot be verified; still missing: ${Array.isArray(missing) ? missing.join(', ') : String(missing)}.`,
);
export const noSuchFile = defineError<{ readonly fileId: string }>(
  'result.no_such_file',
  404,
  () => 'A file of the field fileIds is not in this lab; add it to the order first.',
);
export const wrongFile = defineError<{ readonly fileId: string; readonly why: string }>(
  'result.wrong_file',
  400,
  ({ why }) => `A file of the field fileIds cannot be used: ${why}.`,
);
export const notATitre = defineError(
  'result.not_a_titre',
  400,
  () => 'The field value is not a titre; expected a dilution such as 1:80, if need be with < or > in front.',
);
