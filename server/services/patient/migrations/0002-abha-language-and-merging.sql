-- additive: ABHA number and address, the language of reports, and records that were merged into another
alter table lis_patient.patient
  -- Fourteen digits without dashes.
  add column abha_number text collate "C",
  -- In small letters, as addresses are compared.
  add column abha_address text collate "C",
  add column language text not null default 'en',
  -- The record this one was merged into, itself merged perhaps: undoing a merge takes this one step back.
  add column merged_into uuid,
  -- Where the chain of merges ends: the record whose facts stand for this one. Null for a record of its own.
  add column survivor_id uuid,
  -- Trap: where statistics are missing yet, "is null" is taken for one row in two hundred, and lists are sorted whole
  -- instead of read from their index. A truth value is taken for one in two.
  add column is_own boolean not null generated always as (survivor_id is null) stored,
  add constraint patient_abha_number check (abha_number ~ '^[0-9]{14}$'),
  add constraint patient_merged_into foreign key (lab_id, merged_into) references lis_patient.patient (lab_id, id),
  add constraint patient_survivor foreign key (lab_id, survivor_id) references lis_patient.patient (lab_id, id),
  add constraint patient_merged check (
    (merged_into is null) = (survivor_id is null) and merged_into is distinct from id and survivor_id is distinct from id
  );
create index patient_of_survivor on lis_patient.patient (lab_id, survivor_id, id) where survivor_id is not null;
create index patient_of_merged on lis_patient.patient (lab_id, merged_into, id) where merged_into is not null;
-- A merged record keeps its numbers, and its survivor may have the same.
create unique index patient_abha_number_key on lis_patient.patient (lab_id, abha_number)
  where abha_number is not null and survivor_id is null;
create unique index patient_abha_address_key on lis_patient.patient (lab_id, abha_address)
  where abha_address is not null and survivor_id is null;
create index patient_by_abha_number on lis_patient.patient (lab_id, abha_number) where abha_number is not null;
create index patient_by_abha_address on lis_patient.patient (lab_id, abha_address) where abha_address is not null;
