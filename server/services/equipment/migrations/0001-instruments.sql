-- additive: instruments, their log and the times they were out of order
create table lis_equipment.instrument (
  lab_id uuid not null,
  id uuid not null,
  message_name text collate "C" not null,
  name text not null,
  -- The name in lower case, what the list is ordered by.
  name_key text collate "C" not null,
  maker text not null,
  model text not null,
  serial_number text not null,
  section text not null,
  installed_on date,
  status text not null default 'in_service',
  -- When it came into its status; the next move cannot be earlier.
  status_since timestamptz not null,
  down_since timestamptz,
  calibration_every_days int,
  maintenance_every_days int,
  calibration_due_on date,
  maintenance_due_on date,
  -- The calibration and maintenance that count: the latest by its own time. One entered late changes nothing.
  last_calibrated_at timestamptz,
  last_calibration_passed boolean,
  -- Day of the last one that passed: what the interval counts from.
  calibrated_on date,
  last_maintained_at timestamptz,
  blocked_reason text,
  version int not null default 1,
  constraint instrument_key primary key (lab_id, id),
  constraint instrument_message_name_key unique (lab_id, message_name),
  constraint instrument_status check (status in ('in_service', 'down', 'retired')),
  constraint instrument_down check ((status = 'down') = (down_since is not null))
);
create index instrument_list on lis_equipment.instrument (lab_id, name_key, id);
create index instrument_of_section on lis_equipment.instrument (lab_id, section, name_key, id);
create index instrument_calibration_due on lis_equipment.instrument (lab_id, calibration_due_on, id)
  where status <> 'retired' and calibration_due_on is not null;
create index instrument_maintenance_due on lis_equipment.instrument (lab_id, maintenance_due_on, id)
  where status <> 'retired' and maintenance_due_on is not null;
call nidaan.isolate('lis_equipment.instrument');
revoke delete on lis_equipment.instrument from nidaan_app;

create table lis_equipment.log_entry (
  lab_id uuid not null,
  id uuid not null,
  instrument_id uuid not null,
  kind text not null,
  at timestamptz not null,
  recorded_at timestamptz not null,
  by text not null,
  has_passed boolean,
  text text not null,
  file_ids uuid[] not null,
  next_due_on date,
  constraint log_entry_key primary key (lab_id, id),
  constraint log_entry_kind check (kind in ('calibration', 'maintenance', 'breakdown', 'repair', 'note')),
  constraint log_entry_verdict check ((kind = 'calibration') = (has_passed is not null)),
  constraint log_entry_instrument foreign key (lab_id, instrument_id) references lis_equipment.instrument (lab_id, id)
);
create index log_entry_list on lis_equipment.log_entry (lab_id, instrument_id, at desc, id desc);
call nidaan.isolate_append_only('lis_equipment.log_entry');

create table lis_equipment.downtime (
  lab_id uuid not null,
  instrument_id uuid not null,
  from_at timestamptz not null,
  -- Null while it is out of order.
  to_at timestamptz,
  constraint downtime_key primary key (lab_id, instrument_id, from_at),
  constraint downtime_order check (to_at >= from_at),
  constraint downtime_instrument foreign key (lab_id, instrument_id) references lis_equipment.instrument (lab_id, id)
);
create unique index downtime_open_key on lis_equipment.downtime (lab_id, instrument_id) where to_at is null;
call nidaan.isolate('lis_equipment.downtime');
revoke delete on lis_equipment.downtime from nidaan_app;
