-- additive: the catalogue of each lab (containers, analytes, tests, panels, reference bands) and the orders placed from it
-- One row a lab that has a catalogue. The version changes with every change of the tables below, so that a process knows
-- by one small read whether the copy in its memory still holds.
create table lis_order.catalogue (
  lab_id uuid primary key,
  version uuid not null,
  loaded_at timestamptz not null
);
call nidaan.isolate('lis_order.catalogue');

create table lis_order.container (
  lab_id uuid not null,
  code text not null,
  name text not null,
  cap_colour text not null,
  additive text not null,
  volume_ml numeric,
  order_of_draw int not null,
  constraint container_key primary key (lab_id, code),
  constraint container_volume check (volume_ml >= 0)
);
call nidaan.isolate('lis_order.container');

create table lis_order.analyte (
  lab_id uuid not null,
  code text not null,
  position int not null,
  name text not null,
  loinc text,
  ucum text,
  unit_display text not null,
  kind text not null,
  decimals int,
  choices text[] not null,
  aliases text[] not null,
  constraint analyte_key primary key (lab_id, code),
  constraint analyte_kind check (kind in ('numeric', 'text', 'coded', 'titre')),
  constraint analyte_decimals check ((decimals is not null) = (kind = 'numeric'))
);
call nidaan.isolate('lis_order.analyte');

create table lis_order.test (
  lab_id uuid not null,
  code text not null,
  position int not null,
  name text not null,
  short_name text not null,
  synonyms text[] not null,
  section text not null,
  specimen text not null,
  container_code text not null,
  method text,
  loinc text,
  turnaround_minutes int not null,
  urgent_turnaround_minutes int not null,
  price_paise bigint not null,
  is_fasting_needed boolean not null,
  constraint test_key primary key (lab_id, code),
  constraint test_container foreign key (lab_id, container_code) references lis_order.container (lab_id, code),
  constraint test_turnaround check (urgent_turnaround_minutes between 1 and turnaround_minutes),
  constraint test_price check (price_paise >= 0)
);
call nidaan.isolate('lis_order.test');

create table lis_order.test_analyte (
  lab_id uuid not null,
  test_code text not null,
  analyte_code text not null,
  position int not null,
  constraint test_analyte_key primary key (lab_id, test_code, analyte_code),
  constraint test_analyte_test foreign key (lab_id, test_code) references lis_order.test (lab_id, code),
  constraint test_analyte_analyte foreign key (lab_id, analyte_code) references lis_order.analyte (lab_id, code)
);
call nidaan.isolate('lis_order.test_analyte');

create table lis_order.panel (
  lab_id uuid not null,
  code text not null,
  position int not null,
  name text not null,
  synonyms text[] not null,
  loinc text,
  price_paise bigint not null,
  constraint panel_key primary key (lab_id, code),
  constraint panel_price check (price_paise >= 0)
);
call nidaan.isolate('lis_order.panel');

-- A member is a test or another panel, so no foreign key can hold it; the catalogue is checked whole before it is stored.
create table lis_order.panel_member (
  lab_id uuid not null,
  panel_code text not null,
  member_code text not null,
  position int not null,
  constraint panel_member_key primary key (lab_id, panel_code, member_code),
  constraint panel_member_panel foreign key (lab_id, panel_code) references lis_order.panel (lab_id, code),
  constraint panel_member_other check (member_code <> panel_code)
);
call nidaan.isolate('lis_order.panel_member');

-- Ages are days at collection, half-open. Numeric keeps the decimals as written: 10.0 stays 10.0.
create table lis_order.range_band (
  lab_id uuid not null,
  analyte_code text not null,
  position int not null,
  sex text not null,
  age_from_days int not null,
  age_to_days int,
  low numeric,
  high numeric,
  text text,
  kind text not null,
  critical_low numeric,
  critical_high numeric,
  absurd_low numeric,
  absurd_high numeric,
  unit text,
  source text not null,
  critical_source text,
  note text,
  constraint range_band_key primary key (lab_id, analyte_code, sex, age_from_days),
  constraint range_band_analyte foreign key (lab_id, analyte_code) references lis_order.analyte (lab_id, code),
  constraint range_band_sex check (sex in ('any', 'male', 'female')),
  constraint range_band_age check (age_from_days >= 0 and age_to_days > age_from_days),
  constraint range_band_kind check (kind in ('reference', 'decision', 'none')),
  constraint range_band_limits check (low <= high and critical_low <= critical_high and absurd_low <= absurd_high)
);
call nidaan.isolate('lis_order.range_band');

create table lis_order.order_counter (
  lab_id uuid not null,
  day date not null,
  last int not null,
  constraint order_counter_key primary key (lab_id, day)
);
call nidaan.isolate('lis_order.order_counter');

-- Collation C: a number is found by its beginning as a range of this column, which needs byte order.
create table lis_order.placed_order (
  id uuid,
  lab_id uuid not null,
  number text collate "C" not null,
  patient_id uuid not null,
  priority text not null,
  referred_by text,
  clinical_notes text,
  is_fasting boolean,
  placed_at timestamptz not null,
  placed_by text not null,
  version int not null default 1,
  constraint placed_order_key primary key (id),
  constraint placed_order_number unique (lab_id, number),
  constraint placed_order_priority check (priority in ('routine', 'urgent', 'stat'))
);
create index placed_order_newest on lis_order.placed_order (lab_id, placed_at desc, id desc);
create index placed_order_of_patient on lis_order.placed_order (lab_id, patient_id, placed_at desc, id desc);
call nidaan.isolate('lis_order.placed_order');

-- What was asked for, at its price on that day.
create table lis_order.order_item (
  lab_id uuid not null,
  order_id uuid not null,
  position int not null,
  code text not null,
  name text not null,
  kind text not null,
  price_paise bigint not null,
  constraint order_item_key primary key (order_id, position),
  constraint order_item_order foreign key (order_id) references lis_order.placed_order (id),
  constraint order_item_once unique (order_id, code),
  constraint order_item_kind check (kind in ('test', 'panel')),
  constraint order_item_price check (price_paise >= 0)
);
call nidaan.isolate_append_only('lis_order.order_item');

-- The tests to be run, each once.
create table lis_order.order_line (
  id uuid not null,
  lab_id uuid not null,
  order_id uuid not null,
  position int not null,
  test_code text not null,
  test_name text not null,
  section text not null,
  specimen text not null,
  container_code text not null,
  panel_code text,
  promised_at timestamptz not null,
  constraint order_line_key primary key (order_id, position),
  constraint order_line_id unique (id),
  constraint order_line_order foreign key (order_id) references lis_order.placed_order (id),
  constraint order_line_once unique (order_id, test_code)
);
call nidaan.isolate_append_only('lis_order.order_line');
