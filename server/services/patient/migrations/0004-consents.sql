-- additive: consents given and withdrawn; a history that is added to and never changed
create table lis_patient.consent (
  lab_id uuid not null,
  id uuid not null,
  patient_id uuid not null,
  purpose text not null,
  is_given boolean not null,
  taken_on date not null,
  how text not null,
  -- The signed form, in the file service.
  file_id uuid,
  note text,
  at timestamptz not null,
  by_id uuid,
  by_name text not null,
  constraint consent_key primary key (lab_id, id),
  constraint consent_patient foreign key (lab_id, patient_id) references lis_patient.patient (lab_id, id),
  constraint consent_how check (how in ('written', 'otp', 'verbal'))
);
create index consent_of_patient on lis_patient.consent (lab_id, patient_id, taken_on, at, id);
call nidaan.isolate_append_only('lis_patient.consent');
