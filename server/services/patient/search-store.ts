// SQL of the search box and of names as they are looked up. Ranges and equality of plain columns only: see migration 0001.
import sql, { empty, join, raw } from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { PatientView } from './contract.ts';
import { nameSound } from './domain/name-sound.ts';
import { nameTerms } from './domain/name-terms.ts';
import { nameParts } from './domain/patient-name.ts';
import type { Search } from './domain/search-box.ts';
import { survivorOf, VIEW } from './store.ts';

/** Sorts after every text that begins with the same letters, in collation C. */
const LAST = '\u{10ffff}';

function beginsWith(column: Sql, text: string): Sql {
  return sql`(${column} >= ${text} and ${column} < ${text + LAST})`;
}

/** Records by something written on them; who is merged is found by the numbers they had, and the survivor is shown. */
function hasRecord(labId: string, condition: Sql): Sql {
  return sql`p.id in (
    select ${raw(survivorOf('m'))} from lis_patient.patient as m where m.lab_id = ${labId} and ${condition})`;
}

/** Every one of these has an entry of this patient in the table. */
function hasAll(labId: string, table: 'name_part' | 'name_term', conditions: readonly Sql[]): Sql {
  return join(
    conditions.map(
      (condition) => sql`exists (
        select from lis_patient.${raw(table)} as n where n.lab_id = ${labId} and n.patient_id = p.id and ${condition})`,
    ),
    ' and ',
  );
}

function matches(labId: string, search: Search): Sql {
  switch (search.by) {
    case 'nothing':
      return sql`true`;
    case 'mrn':
      return hasRecord(labId, sql`m.mrn = ${search.mrn}`);
    case 'mobile':
      return hasRecord(labId, sql`m.mobile = ${search.mobile}`);
    case 'abha-number':
      return hasRecord(labId, sql`m.abha_number = ${search.digits}`);
    case 'abha-address':
      return hasRecord(labId, sql`m.abha_address = ${search.address}`);
    case 'mobile-digits': {
      // On the record shown alone: by way of the merged ones too, an index of both ends would serve no more.
      const backwards = [...search.digits].toReversed().join('');
      return sql`(${beginsWith(raw('p.mobile'), `+91${search.digits}`)} or ${beginsWith(raw('p.mobile_reversed'), backwards)})`;
    }
    case 'terms':
      return hasAll(
        labId,
        'name_term',
        search.terms.map(({ text, isBeginning }) =>
          isBeginning ? beginsWith(raw('n.term'), text) : sql`n.term = ${text}`,
        ),
      );
    case 'pieces':
      return hasAll(
        labId,
        'name_part',
        search.words.map((word) => beginsWith(raw('n.part'), word)),
      );
    default:
      throw new Error(search satisfies never);
  }
}

export interface SearchPage {
  readonly search: Search;
  /** Better ways to look, whose finds are left out here. */
  readonly except: readonly Search[];
  /** The last key of the page before; undefined for the first page. */
  readonly after: readonly [registeredAt: string, id: string] | undefined;
  readonly limit: number;
}

/**
 * Newest first, then by id. Exported for the test of its plan.
 * A rare piece of a name is looked up in its table; a common one is met soon on the way through patient_newest: the
 * planner picks, for the statement is the same.
 * Meas: 100,000 patients of 15,000 names, 758,000 parts and 1,426,000 terms (509 MB with indexes), whole call, median of 5, two
 * cores busy with other work: rare name 60 ms, "kumar" 15 ms, two common words 11 ms, three 21 ms (239 ms and more where the
 * three were intersected as single terms), a name in another script 38 ms, last four digits 4 ms, a piece of one word that is
 * on one name in fifty 72 to 212 ms. 2026-11-25.
 */
export function searchStatement(labId: string, { search, except, after, limit }: SearchPage): Sql {
  const older = after ? sql`and (p.registered_at, p.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : empty;
  const others = except.map((each) => sql`and not (${matches(labId, each)})`);
  const other = others.length === 0 ? empty : join(others, ' ');
  return sql`
    select ${VIEW} from lis_patient.patient as p
    where p.lab_id = ${labId} and p.is_own and ${matches(labId, search)} ${other} ${older}
    order by p.registered_at desc, p.id desc
    limit ${limit}`;
}

export function searchPatients(db: Db, labId: string, page: SearchPage): Promise<readonly PatientView[]> {
  return db.rows<PatientView>(searchStatement(labId, page));
}

async function replaceTerms(
  tx: Tx,
  labId: string,
  patientId: string,
  table: 'name_part' | 'name_term',
  column: 'part' | 'term',
  terms: readonly string[],
): Promise<void> {
  const [to, value] = [raw(`lis_patient.${table}`), raw(column)];
  await tx.rows(
    sql`delete from ${to} where lab_id = ${labId} and patient_id = ${patientId} and ${value} <> all(${terms}::text[])`,
  );
  await tx.rows(sql`
    insert into ${to} (lab_id, ${value}, patient_id)
    select ${labId}::uuid, n.term, ${patientId}::uuid from unnest(${terms}::text[]) as n (term)
    on conflict do nothing`);
}

/** Makes a record found by these names and no others: its own and those merged into it; none for one that is merged. */
export async function indexNames(tx: Tx, labId: string, patientId: string, names: readonly string[]): Promise<void> {
  await replaceTerms(tx, labId, patientId, 'name_part', 'part', [...new Set(names.flatMap(nameParts))]);
  await replaceTerms(tx, labId, patientId, 'name_term', 'term', [...new Set(names.flatMap(nameTerms))]);
}

/** Notes how the record's own name sounds, and that its names are indexed. */
export async function saveSound(tx: Tx, labId: string, patientId: string, name: string): Promise<void> {
  await tx.rows(sql`
    update lis_patient.patient set name_sound = ${nameSound(name)}, is_indexed = true
    where lab_id = ${labId} and id = ${patientId}`);
}

/** Some records whose names are not indexed yet, locked; those that others hold are left for later. */
export function lockToIndex(
  tx: Tx,
  labId: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return tx.rows<{ id: string; name: string }>(sql`
    select id, name from lis_patient.patient
    where lab_id = ${labId} and not is_indexed
    order by id
    limit ${limit}
    for update skip locked`);
}
