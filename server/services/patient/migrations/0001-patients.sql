-- additive: patients, the parts of their names they are found by, and the lab's count of record numbers
--
-- Trap: under row-level security an index serves only conditions whose operators are leakproof. LIKE, array and trigram
-- operators and functions such as lower() are not: their indexes would never be searched. Hence the plain columns in
-- collation C, searched by ranges of text, which are leakproof.
create table lis_patient.patient (
  lab_id uuid not null,
  id uuid not null,
  mrn text collate "C" not null,
  name text not null,
  -- The name as names are compared: words in small letters, without titles (domain/patient-name.ts).
  name_key text collate "C" not null,
  sex text not null,
  born_on date not null,
  is_born_on_approximate boolean not null,
  mobile text collate "C",
  mobile_reversed text collate "C" generated always as (reverse(mobile)) stored,
  email text,
  address text,
  registered_at timestamptz not null,
  version int not null default 1,
  constraint patient_key primary key (lab_id, id),
  constraint patient_mrn_key unique (lab_id, mrn),
  constraint patient_sex check (sex in ('male', 'female', 'other')),
  constraint patient_mobile check (mobile ~ '^\+91[6-9][0-9]{9}$')
);
create index patient_newest on lis_patient.patient (lab_id, registered_at desc, id desc);
create index patient_alike on lis_patient.patient (lab_id, name_key, sex);
create index patient_by_mobile on lis_patient.patient (lab_id, mobile);
create index patient_by_mobile_end on lis_patient.patient (lab_id, mobile_reversed);
call nidaan.isolate('lis_patient.patient');
-- Orders, results and reports point here for as long as the lab keeps them.
revoke delete on lis_patient.patient from nidaan_app;

-- Each word of a name and each of its endings of three letters or more: what a text found in the middle of a word
-- begins with. A range of `part` is then a search for any piece of a name.
create table lis_patient.name_part (
  lab_id uuid not null,
  part text collate "C" not null,
  patient_id uuid not null,
  constraint name_part_key primary key (lab_id, part, patient_id),
  constraint name_part_patient foreign key (lab_id, patient_id) references lis_patient.patient (lab_id, id)
);
create index name_part_of_patient on lis_patient.name_part (lab_id, patient_id, part);
call nidaan.isolate('lis_patient.name_part');

create table lis_patient.mrn_counter (
  lab_id uuid not null,
  -- Taken from the lab when its first patient is registered; it stays when the lab's accession prefix changes.
  prefix text not null,
  last_serial int not null,
  constraint mrn_counter_key primary key (lab_id)
);
call nidaan.isolate('lis_patient.mrn_counter');
revoke delete on lis_patient.mrn_counter from nidaan_app;
