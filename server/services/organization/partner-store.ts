// SQL of policies, the calendar and partners; labs and doctors are in store.ts.
import sql, { empty, raw } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { LabCalendar, LabPolicies, PartnerKind, PartnerView } from './contract.ts';
import { nameKey } from './store.ts';

const POLICIES = raw(
  'four_eyes, signing_minutes, critical_call_minutes, overdue_calibration_holds, sample_retention_days',
);
const PARTNER = raw('id, kind, code, name, phone, email, from_day, to_day, is_active, version');

export function getPolicies(db: Db, labId: string): Promise<LabPolicies | undefined> {
  return db.maybe<LabPolicies>(sql`select ${POLICIES} from lis_organization.policy where lab_id = ${labId}`);
}

/** Locked, with the defaults where the lab never set any. */
export function lockPolicies(tx: Tx, labId: string): Promise<LabPolicies> {
  return tx.one<LabPolicies>(sql`
    insert into lis_organization.policy as p (lab_id) values (${labId})
    on conflict (lab_id) do update set four_eyes = p.four_eyes
    returning ${POLICIES}`);
}

export function savePolicies(tx: Tx, labId: string, policies: LabPolicies): Promise<LabPolicies> {
  return tx.one<LabPolicies>(sql`
    update lis_organization.policy
    set four_eyes = ${policies.fourEyes}, signing_minutes = ${policies.signingMinutes},
      critical_call_minutes = ${policies.criticalCallMinutes},
      overdue_calibration_holds = ${policies.overdueCalibrationHolds}, sample_retention_days = ${policies.sampleRetentionDays}
    where lab_id = ${labId}
    returning ${POLICIES}`);
}

export function getCalendar(db: Db, labId: string): Promise<LabCalendar | undefined> {
  return db.maybe<LabCalendar>(sql`select week, holidays from lis_organization.calendar where lab_id = ${labId}`);
}

export function saveCalendar(tx: Tx, labId: string, calendar: LabCalendar): Promise<LabCalendar> {
  return tx.one<LabCalendar>(sql`
    insert into lis_organization.calendar (lab_id, week, holidays)
    values (${labId}, ${JSON.stringify(calendar.week)}::jsonb, ${JSON.stringify(calendar.holidays)}::jsonb)
    on conflict (lab_id) do update set week = excluded.week, holidays = excluded.holidays
    returning week, holidays`);
}

export function getPartners(db: Db, labId: string, ids: readonly string[]): Promise<readonly PartnerView[]> {
  return db.rows<PartnerView>(sql`
    select ${PARTNER} from lis_organization.partner where lab_id = ${labId} and id = any(${ids}::uuid[]) limit ${ids.length}`);
}

/** By name, then id; `after` is the last name and id of the page before. */
export function listPartners(
  db: Db,
  labId: string,
  search: {
    readonly kind: PartnerKind | null;
    readonly text: string;
    readonly after: readonly [name: string, id: string];
    readonly limit: number;
  },
): Promise<readonly PartnerView[]> {
  return db.rows<PartnerView>(sql`
    select ${PARTNER} from lis_organization.partner
    where lab_id = ${labId} ${search.kind === null ? empty : sql`and kind = ${search.kind}`}
      and (name_key, id) > (${search.after[0]}, ${search.after[1]}::uuid)
      and (strpos(name_key, ${nameKey(search.text)}) > 0 or code = ${search.text.toUpperCase()})
    order by name_key, id
    limit ${search.limit}`);
}

export function lockPartner(tx: Tx, labId: string, id: string): Promise<PartnerView | undefined> {
  return tx.maybe<PartnerView>(
    sql`select ${PARTNER} from lis_organization.partner where lab_id = ${labId} and id = ${id} for update`,
  );
}

export type PartnerFacts = Omit<PartnerView, 'version'>;

/** Undefined when the id is in use. */
export function addPartner(tx: Tx, labId: string, partner: PartnerFacts): Promise<PartnerView | undefined> {
  return tx.maybe<PartnerView>(sql`
    insert into lis_organization.partner
      (lab_id, id, kind, code, name, name_key, phone, email, from_day, to_day, is_active)
    values
      (${labId}, ${partner.id}, ${partner.kind}, ${partner.code}, ${partner.name}, ${nameKey(partner.name)}, ${partner.phone},
       ${partner.email}, ${partner.fromDay}, ${partner.toDay}, ${partner.isActive})
    on conflict (lab_id, id) do nothing
    returning ${PARTNER}`);
}

export function savePartner(tx: Tx, labId: string, partner: PartnerFacts): Promise<PartnerView> {
  return tx.one<PartnerView>(sql`
    update lis_organization.partner
    set kind = ${partner.kind}, code = ${partner.code}, name = ${partner.name}, name_key = ${nameKey(partner.name)},
      phone = ${partner.phone}, email = ${partner.email}, from_day = ${partner.fromDay}, to_day = ${partner.toDay},
      is_active = ${partner.isActive}, version = version + 1
    where lab_id = ${labId} and id = ${partner.id}
    returning ${PARTNER}`);
}
