// What a correction changes: only fields whose value differs, with both values, for the trail.
import type { PatientView } from '../contract.ts';

const FIELDS = [
  'name',
  'sex',
  'bornOn',
  'isBornOnApproximate',
  'mobile',
  'email',
  'address',
  'abhaNumber',
  'abhaAddress',
  'language',
] as const;

type Changes = Readonly<Partial<Record<(typeof FIELDS)[number], { readonly from: unknown; readonly to: unknown }>>>;

export function changesOf(before: PatientView, after: PatientView): Changes {
  return Object.fromEntries(
    FIELDS.filter((field) => before[field] !== after[field]).map((field) => [
      field,
      { from: before[field], to: after[field] },
    ]),
  );
}
