-- additive: names found by whole words, by beginnings of words and by sound; names that are there already are indexed by a job
alter table lis_patient.patient
  -- How the whole name sounds (domain/name-sound.ts); null until it was worked out.
  add column name_sound text collate "C",
  -- False until name_term holds the terms of this record and of those merged into it.
  add column is_indexed boolean not null default false;
create index patient_by_sound on lis_patient.patient (lab_id, name_sound, sex);
create index patient_to_index on lis_patient.patient (lab_id, id) where not is_indexed;

-- What a name is looked up by (domain/name-terms.ts): words and sounds of it, and each two of them. Equality and ranges of text in collation
-- C are leakproof, so row-level security lets the index serve them (see 0001).
create table lis_patient.name_term (
  lab_id uuid not null,
  term text collate "C" not null,
  patient_id uuid not null,
  constraint name_term_key primary key (lab_id, term, patient_id),
  constraint name_term_patient foreign key (lab_id, patient_id) references lis_patient.patient (lab_id, id)
);
create index name_term_of_patient on lis_patient.name_term (lab_id, patient_id, term);
call nidaan.isolate('lis_patient.name_term');

-- Sounds are worked out in the service, so patients of before are taken up by its job, one a lab. The owner of the tables
-- need not be a superuser, and would see no row while row-level security is forced on it too; it is not for this statement.
alter table lis_patient.patient no force row level security;
select nidaan.schedule(
  'patient.index-names',
  json_build_object('labId', lab_id, 'requestId', lab_id, 'trace', null, 'payload', json_build_object()),
  'patient.index-names ' || lab_id,
  null
)
from (select distinct lab_id from lis_patient.patient) as lab;
alter table lis_patient.patient force row level security;
