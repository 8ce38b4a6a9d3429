// Made-up patients by the million, with everything they are found by.
import { mrn } from '@nidaan/values';

import type { BulkRows } from '#platform/database/bulk-rows.ts';
import { cellsText } from '#platform/database/copy.ts';

import type { Sex } from './contract.ts';
import { nameSound } from './domain/name-sound.ts';
import { nameTerms } from './domain/name-terms.ts';
import { nameKey, nameParts } from './domain/patient-name.ts';

export interface MadePatient {
  readonly labId: string;
  readonly id: string;
  readonly prefix: string;
  /** Within the lab, 1 first. */
  readonly serial: number;
  readonly name: string;
  readonly sex: Sex;
  readonly bornOn: string;
  readonly isBornOnApproximate: boolean;
  /** E.164. */
  readonly mobile: string | null;
  readonly registeredAt: string;
}

export interface PatientBatch {
  readonly patients: readonly MadePatient[];
  /** Said once a lab: the number its next patient comes after. */
  readonly counters: readonly { readonly labId: string; readonly prefix: string; readonly last: number }[];
}

interface NameFacts {
  readonly key: string;
  readonly sound: string;
  readonly parts: readonly string[];
  readonly terms: readonly string[];
}

/** Many people share a name; working out how it sounds takes longer than writing it. */
const MOST_NAMES = 200_000;
const known = new Map<string, NameFacts>();

function factsOf(name: string): NameFacts {
  let facts = known.get(name);
  if (facts === undefined) {
    facts = {
      key: nameKey(name),
      sound: nameSound(name),
      parts: nameParts(name).map((part) => cellsText([part])),
      terms: nameTerms(name).map((term) => cellsText([term])),
    };
    if (known.size < MOST_NAMES) known.set(name, facts);
  }
  return facts;
}

const PATIENT = 'lis_patient.patient';
const PART = 'lis_patient.name_part';
const TERM = 'lis_patient.name_term';
const COUNTER = 'lis_patient.mrn_counter';

export const bulkRows: BulkRows<PatientBatch> = {
  tables: [
    {
      name: PATIENT,
      columns: [
        'lab_id',
        'id',
        'mrn',
        'name',
        'name_key',
        'sex',
        'born_on',
        'is_born_on_approximate',
        'mobile',
        'registered_at',
        'name_sound',
        'is_indexed',
      ],
    },
    { name: PART, columns: ['part', 'lab_id', 'patient_id'] },
    { name: TERM, columns: ['term', 'lab_id', 'patient_id'] },
    { name: COUNTER, columns: ['lab_id', 'prefix', 'last_serial'] },
  ],
  write: ({ patients, counters }, add) => {
    for (const { labId, prefix, last } of counters) add(COUNTER, cellsText([labId, prefix, last]));
    for (const p of patients) {
      const { key, sound, parts, terms } = factsOf(p.name);
      const number = mrn({ prefix: p.prefix, serial: p.serial });
      add(
        PATIENT,
        cellsText([
          p.labId,
          p.id,
          number,
          p.name,
          key,
          p.sex,
          p.bornOn,
          p.isBornOnApproximate,
          p.mobile,
          p.registeredAt,
          sound,
          true,
        ]),
      );
      const owner = `\t${p.labId}\t${p.id}`;
      for (const part of parts) add(PART, part + owner);
      for (const term of terms) add(TERM, term + owner);
    }
  },
};
