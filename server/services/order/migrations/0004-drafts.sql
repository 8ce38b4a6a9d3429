-- additive: orders typed but not placed, so that they survive a power cut, and the uploads of camps
create table lis_order.draft (
  id uuid not null,
  lab_id uuid not null,
  user_id uuid not null,
  content jsonb not null,
  saved_at timestamptz not null,
  constraint draft_key primary key (lab_id, user_id, id)
);
create index draft_newest on lis_order.draft (lab_id, user_id, saved_at desc, id desc);
create index draft_oldest on lis_order.draft (lab_id, saved_at);
call nidaan.isolate('lis_order.draft');

-- One file of people and tests. The hash tells whether the same id carries the same file.
create table lis_order.camp_upload (
  id uuid not null,
  lab_id uuid not null,
  source_id uuid not null,
  file_name text not null,
  sha256 text not null,
  row_count int not null,
  uploaded_at timestamptz not null,
  uploaded_by text not null,
  constraint camp_upload_key primary key (id)
);
create index camp_upload_newest on lis_order.camp_upload (lab_id, uploaded_at desc, id desc);
call nidaan.isolate('lis_order.camp_upload');

-- One person of the file. What was typed is kept until the order is placed, and then let go.
create table lis_order.camp_row (
  lab_id uuid not null,
  upload_id uuid not null,
  row_number int not null,
  content jsonb,
  status text not null,
  patient_id uuid,
  order_id uuid,
  -- Why it was refused: a code of the error catalogue.
  refusal text,
  possible_patient_ids uuid[] not null default '{}',
  constraint camp_row_key primary key (upload_id, row_number),
  constraint camp_row_upload foreign key (upload_id) references lis_order.camp_upload (id),
  constraint camp_row_status check (status in ('waiting', 'placed', 'possible_duplicate', 'refused'))
);
create index camp_row_waiting on lis_order.camp_row (upload_id, row_number) where status = 'waiting';
call nidaan.isolate('lis_order.camp_row');
