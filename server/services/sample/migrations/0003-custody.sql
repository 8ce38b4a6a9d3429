-- additive: the chain of custody, and the register of rejections
create table lis_sample.custody (
  seq bigint generated always as identity,
  lab_id uuid not null,
  tube_id uuid not null,
  act text not null,
  at timestamptz not null,
  by_id uuid,
  by_name text not null,
  place text,
  reason text,
  facts jsonb not null default '{}',
  constraint custody_key primary key (seq),
  constraint custody_tube foreign key (tube_id) references lis_sample.tube (id)
);
create index custody_of_tube on lis_sample.custody (lab_id, tube_id, seq);
-- Counts of a period: how many were collected while so many were rejected.
create index custody_by_act on lis_sample.custody (lab_id, act, at);
call nidaan.isolate_append_only('lis_sample.custody');

create table lis_sample.rejection (
  id uuid not null,
  lab_id uuid not null,
  tube_id uuid not null,
  order_id uuid not null,
  patient_id uuid not null,
  -- As it was then: a tube's tests and barcode may change after.
  barcode text not null,
  specimen text not null,
  container_code text not null,
  section text not null,
  test_codes text[] not null,
  collected_by text not null,
  collected_at timestamptz not null,
  reason_code text not null,
  reason text not null,
  rejected_at timestamptz not null,
  rejected_by text not null,
  decision text,
  comment text,
  decided_at timestamptz,
  decided_by text,
  new_tube_id uuid,
  constraint rejection_key primary key (id),
  constraint rejection_tube foreign key (tube_id) references lis_sample.tube (id),
  constraint rejection_decided check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);
-- A tube waits for one decision at a time.
create unique index rejection_open on lis_sample.rejection (lab_id, tube_id) where decision is null;
create index rejection_of_tube on lis_sample.rejection (lab_id, tube_id, rejected_at desc, id desc);
create index rejection_undecided on lis_sample.rejection (lab_id, rejected_at, id) where decision is null;
create index rejection_register on lis_sample.rejection (lab_id, rejected_at desc, id desc);
call nidaan.isolate('lis_sample.rejection');
revoke delete on lis_sample.rejection from nidaan_app;
