-- additive: moving figures of patient values, their alarms
create table lis_qc.monitor (
  id uuid primary key,
  lab_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  method text not null,
  block int not null,
  truncate_low numeric,
  truncate_high numeric,
  low numeric,
  high numeric,
  limits_from text not null default 'none',
  on_alarm text not null,
  is_on boolean not null,
  -- Values before it belong to other settings and are no part of a block now.
  series_from timestamptz not null,
  is_out boolean not null default false,
  version int not null default 1,
  constraint monitor_key unique (lab_id, instrument, analyte_code),
  constraint monitor_method check (method in ('mean', 'median', 'ewma')),
  constraint monitor_on_alarm check (on_alarm in ('warn', 'hold')),
  constraint monitor_limits check ((low is null) = (high is null) and (low is null or low <= high))
);
call nidaan.isolate('lis_qc.monitor');
revoke delete on lis_qc.monitor from nidaan_app;

create table lis_qc.patient_value (
  lab_id uuid not null,
  monitor_id uuid not null,
  result_id uuid not null,
  seq bigint generated always as identity,
  at timestamptz not null,
  day date not null,
  value double precision not null,
  filled int not null,
  figure double precision,
  carried double precision,
  is_alarm boolean not null,
  constraint patient_value_key primary key (lab_id, monitor_id, result_id)
);
create index patient_value_series on lis_qc.patient_value (lab_id, monitor_id, seq);
create index patient_value_days on lis_qc.patient_value (lab_id, monitor_id, day) include (figure, is_alarm);
call nidaan.isolate_append_only('lis_qc.patient_value');

create table lis_qc.patient_alarm (
  id uuid primary key,
  lab_id uuid not null,
  monitor_id uuid not null,
  instrument text not null,
  analyte_code text not null,
  at timestamptz not null,
  figure numeric not null,
  low numeric not null,
  high numeric not null,
  result_id uuid not null,
  hold_id uuid
);
create index patient_alarm_list on lis_qc.patient_alarm (lab_id, at desc, id desc);
call nidaan.isolate_append_only('lis_qc.patient_alarm');
