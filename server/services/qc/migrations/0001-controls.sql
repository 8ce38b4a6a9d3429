-- additive: control lots, targets, control values with their judgement, holds
create table lis_qc.lot (
  id uuid primary key,
  lab_id uuid not null,
  material text not null,
  lot_number text not null,
  level int not null,
  expires_on date not null,
  -- What analyzers send as its sample id, in capitals; a trailing * stands for any ending.
  sample_ids text[] not null,
  is_active boolean not null,
  version int not null default 1,
  constraint lot_key unique (lab_id, material, lot_number, level)
);
create index lot_list on lis_qc.lot (lab_id, (not is_active), material, lot_number, level, id);
call nidaan.isolate('lis_qc.lot');
revoke delete on lis_qc.lot from nidaan_app;

-- One row for each analyzer and analyte: its rules, and where it stands. Locked while a control of it is judged, so that two at
-- once see each other.
create table lis_qc.pair (
  lab_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  unit text not null,
  ucum text,
  -- Null: the usual set for as many levels as have a target.
  rules jsonb,
  limits text not null default 'strict',
  range_rule text not null default 'opposite',
  after_rejection text not null default 'leave_out',
  interval_hours int not null default 24,
  run_minutes int not null default 30,
  allowable_error_percent numeric,
  -- Controls before it are no history to those after: a correction was recorded then.
  history_from timestamptz,
  last_run_at timestamptz,
  last_good_at timestamptz,
  last_outcome text,
  hold_id uuid,
  version int not null default 1,
  constraint pair_key primary key (lab_id, instrument, analyte_code),
  constraint pair_limits check (limits in ('strict', 'inclusive')),
  constraint pair_range_rule check (range_rule in ('opposite', 'plain_range')),
  constraint pair_after_rejection check (after_rejection in ('leave_out', 'keep'))
);
call nidaan.isolate('lis_qc.pair');
revoke delete on lis_qc.pair from nidaan_app;

-- Every target ever in force: what a value was judged by stays readable.
create table lis_qc.target (
  id uuid primary key,
  lab_id uuid not null,
  lot_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  kind text not null,
  mean numeric not null,
  sd numeric not null,
  count int not null,
  valid_from timestamptz not null,
  set_at timestamptz not null,
  set_by text not null,
  constraint target_kind check (kind in ('assigned', 'cumulative')),
  constraint target_sd check (sd > 0)
);
create index target_in_force on lis_qc.target (lab_id, instrument, analyte_code, lot_id, valid_from, set_at);
create index target_list on lis_qc.target (lab_id, lot_id, set_at desc, id desc);
call nidaan.isolate_append_only('lis_qc.target');

create table lis_qc.control (
  id uuid primary key,
  lab_id uuid not null,
  -- Same key, same observation.
  key text not null,
  lot_id uuid not null,
  level int not null,
  instrument text not null,
  analyte_code text not null,
  run_id uuid not null,
  -- When its run began: controls of one run share it, and runs are put in order by it.
  run_at timestamptz not null,
  value numeric not null,
  unit text not null,
  measured_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  message_id uuid,
  reagent_lot text,
  -- The target it was judged by and what came of it; the unrounded quotient, null without a target.
  mean numeric,
  sd numeric,
  z double precision,
  rules text[] not null default '{}',
  outcome text not null default 'not_judged',
  note text,
  constraint control_key unique (lab_id, key),
  constraint control_outcome check (outcome in ('in_control', 'warning', 'rejected', 'not_judged', 'void'))
);
create index control_series on lis_qc.control (lab_id, instrument, analyte_code, run_at, run_id, level, id);
create index control_of_run on lis_qc.control (lab_id, run_id);
create index control_of_lot on lis_qc.control (lab_id, instrument, analyte_code, lot_id, measured_at);
call nidaan.isolate('lis_qc.control');
revoke delete on lis_qc.control from nidaan_app;
-- A measured value, and the target it was judged by, never change: a wrong one is put aside with its reason.
revoke update on lis_qc.control from nidaan_app;
grant update (rules, outcome, note) on lis_qc.control to nidaan_app;

create table lis_qc.hold (
  id uuid primary key,
  lab_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  rules text[] not null,
  run_id uuid not null,
  last_good_at timestamptz,
  since timestamptz not null,
  -- The last rejected control so far; a good one must come after it.
  last_failed_at timestamptz not null,
  status text not null default 'open',
  cause text,
  action text,
  look_back_note text,
  corrected_at timestamptz,
  lifted_at timestamptz,
  lifted_by text,
  version int not null default 1,
  constraint hold_status check (status in ('open', 'lifted')),
  constraint hold_lifted check (
    (status = 'lifted') = (lifted_at is not null)
    and (status = 'open' or (cause is not null and action is not null and look_back_note is not null)))
);
create unique index hold_open_key on lis_qc.hold (lab_id, instrument, analyte_code) where status = 'open';
create index hold_list on lis_qc.hold (lab_id, status, since desc, id desc);
call nidaan.isolate('lis_qc.hold');
revoke delete on lis_qc.hold from nidaan_app;

create table lis_qc.peer_mean (
  lab_id uuid not null,
  lot_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  month text not null,
  mean numeric not null,
  labs int,
  constraint peer_mean_key primary key (lab_id, instrument, analyte_code, lot_id, month)
);
call nidaan.isolate('lis_qc.peer_mean');
