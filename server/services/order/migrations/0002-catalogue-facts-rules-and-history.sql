-- additive: what a value is judged by (rules), what a tube must keep (stability, draws), dated bands, states of entries, history of changes
alter table lis_order.catalogue add column changed_at timestamptz;
update lis_order.catalogue set changed_at = loaded_at;

alter table lis_order.analyte
  add column formula text,
  add column measured_as text,
  add column molar_mass numeric,
  add column reportable_low numeric,
  add column reportable_high numeric,
  add column is_retired boolean not null default false,
  drop constraint analyte_kind,
  add constraint analyte_kind check (kind in ('numeric', 'text', 'coded', 'titre', 'culture', 'narrative', 'image')),
  add constraint analyte_molar_mass check (molar_mass > 0),
  add constraint analyte_reportable check (reportable_low <= reportable_high);

alter table lis_order.container add column is_retired boolean not null default false;

-- Tests that were there before states existed are in use.
alter table lis_order.test
  add column report_name text,
  add column min_volume_ml numeric,
  add column stability jsonb not null default '[]',
  add column timed_draw jsonb,
  add column is_in_scope boolean not null default false,
  add column referral_lab_id uuid,
  add column needs_consent boolean not null default false,
  add column status text not null default 'live',
  add constraint test_min_volume check (min_volume_ml > 0),
  add constraint test_status check (status in ('draft', 'live', 'retired'));
update lis_order.test set report_name = name;
alter table lis_order.test alter column report_name set not null;

alter table lis_order.panel
  add column status text not null default 'live',
  add constraint panel_status check (status in ('draft', 'live', 'retired'));

-- The old key allowed one band a sex and age; the new one allows it once a method, week of pregnancy and first day.
alter table lis_order.range_band
  add column method text,
  add column gestation_from_weeks int,
  add column gestation_to_weeks int,
  add column valid_from date,
  add column valid_to date,
  drop constraint range_band_key,
  add constraint range_band_once unique nulls not distinct
    (lab_id, analyte_code, sex, age_from_days, method, gestation_from_weeks, valid_from),
  add constraint range_band_weeks check (gestation_to_weeks > gestation_from_weeks),
  add constraint range_band_days check (valid_to > valid_from);

create table lis_order.delta_rule (
  lab_id uuid not null,
  analyte_code text not null,
  position int not null,
  mode text not null,
  max_change numeric not null,
  direction text not null,
  look_back_days int not null,
  is_mix_up_marker boolean not null,
  source text not null,
  constraint delta_rule_key primary key (lab_id, analyte_code, position),
  constraint delta_rule_analyte foreign key (lab_id, analyte_code) references lis_order.analyte (lab_id, code),
  constraint delta_rule_mode check (mode in ('absolute', 'percent', 'rate')),
  constraint delta_rule_direction check (direction in ('any', 'rise', 'fall')),
  constraint delta_rule_limit check (max_change > 0 and look_back_days > 0)
);
call nidaan.isolate('lis_order.delta_rule');

create table lis_order.index_rule (
  lab_id uuid not null,
  analyte_code text not null,
  position int not null,
  index text not null,
  max_index numeric not null,
  effect text not null,
  action text not null,
  comment text not null,
  constraint index_rule_key primary key (lab_id, analyte_code, position),
  constraint index_rule_analyte foreign key (lab_id, analyte_code) references lis_order.analyte (lab_id, code),
  constraint index_rule_index check (index in ('H', 'I', 'L')),
  constraint index_rule_effect check (effect in ('raised', 'lowered', 'unknown')),
  constraint index_rule_action check (action in ('comment', 'hold', 'suppress'))
);
call nidaan.isolate('lis_order.index_rule');

create table lis_order.interpretation (
  lab_id uuid not null,
  analyte_code text not null,
  position int not null,
  condition text not null,
  text text not null,
  constraint interpretation_key primary key (lab_id, analyte_code, position),
  constraint interpretation_analyte foreign key (lab_id, analyte_code) references lis_order.analyte (lab_id, code)
);
call nidaan.isolate('lis_order.interpretation');

create table lis_order.consistency_rule (
  lab_id uuid not null,
  code text not null,
  position int not null,
  message text not null,
  contradiction text not null,
  inputs text[] not null,
  holds text[] not null,
  constraint consistency_rule_key primary key (lab_id, code)
);
call nidaan.isolate('lis_order.consistency_rule');

create table lis_order.reflex_rule (
  lab_id uuid not null,
  code text not null,
  position int not null,
  name text not null,
  condition text not null,
  inputs text[] not null,
  add_test_code text not null,
  billing text not null,
  constraint reflex_rule_key primary key (lab_id, code),
  constraint reflex_rule_test foreign key (lab_id, add_test_code) references lis_order.test (lab_id, code),
  constraint reflex_rule_billing check (billing in ('billed', 'free', 'ask'))
);
call nidaan.isolate('lis_order.reflex_rule');

-- Every change of an entry above: who, why, when, the catalogue version it made, the entry before and after (lab-day 73).
create table lis_order.catalogue_change (
  lab_id uuid not null,
  seq bigint generated always as identity,
  version uuid not null,
  kind text not null,
  code text not null,
  before jsonb,
  after jsonb,
  reason text not null,
  at timestamptz not null,
  by text not null,
  by_id uuid,
  constraint catalogue_change_key primary key (lab_id, seq),
  constraint catalogue_change_differs check (before is distinct from after)
);
create index catalogue_change_of_version on lis_order.catalogue_change (lab_id, version);
create index catalogue_change_of_entry on lis_order.catalogue_change (lab_id, kind, code, seq desc);
call nidaan.isolate_append_only('lis_order.catalogue_change');
