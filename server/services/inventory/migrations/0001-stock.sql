-- additive: items, lots, the stock ledger, recipes and what was counted, purchases
create table lis_inventory.item (
  lab_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text not null,
  -- Code and name in lower case: what the search box looks through.
  search_key text not null,
  kind text not null,
  maker text,
  unit text not null,
  storage text not null,
  open_days int,
  reorder_point numeric(12, 3),
  reorder_quantity numeric(12, 3),
  needs_verification boolean not null,
  -- Sum over its usable lots and whether that is low; kept with each movement, under the lock of this row.
  in_stock numeric(15, 3) not null default 0,
  is_low boolean not null default false,
  version int not null default 1,
  constraint item_key primary key (lab_id, id),
  constraint item_code_key unique (lab_id, code),
  constraint item_kind check (kind in ('reagent', 'calibrator', 'control', 'consumable')),
  constraint item_storage check (storage in ('room', 'refrigerated', 'frozen'))
);
create index item_low on lis_inventory.item (lab_id, code) where is_low;
call nidaan.isolate('lis_inventory.item');
revoke delete on lis_inventory.item from nidaan_app;

create table lis_inventory.item_gtin (
  lab_id uuid not null,
  gtin text not null,
  item_id uuid not null,
  constraint item_gtin_key primary key (lab_id, gtin),
  constraint item_gtin_item foreign key (lab_id, item_id) references lis_inventory.item (lab_id, id)
);
create index gtin_of_item on lis_inventory.item_gtin (lab_id, item_id);
call nidaan.isolate('lis_inventory.item_gtin');

create table lis_inventory.lot (
  lab_id uuid not null,
  id uuid not null,
  item_id uuid not null,
  lot_number text not null,
  expires_on date not null,
  received_at timestamptz not null,
  opened_at timestamptz,
  usable_until date not null,
  -- Always the sum of its movements, and never below nothing.
  quantity numeric(15, 3) not null,
  status text not null,
  quarantine_reasons text[] not null,
  -- It has been free for use at some time: a later lot is compared with it.
  was_usable boolean not null,
  instrument text,
  location text,
  receipt_id uuid not null,
  -- The usable-until days that were told as coming near.
  told_expiry boolean not null default false,
  told_open boolean not null default false,
  version int not null default 1,
  constraint lot_key primary key (lab_id, id),
  constraint lot_item foreign key (lab_id, item_id) references lis_inventory.item (lab_id, id),
  constraint lot_quantity check (quantity >= 0),
  constraint lot_status check (status in ('quarantine', 'usable', 'in_use', 'used_up', 'expired', 'discarded')),
  constraint lot_usable_until check (usable_until <= expires_on)
);
create index lot_of_item on lis_inventory.lot (lab_id, item_id, usable_until, received_at, id);
create index lot_expiring on lis_inventory.lot (lab_id, usable_until, id)
  where status in ('quarantine', 'usable', 'in_use') and quantity > 0;
create index lot_expired on lis_inventory.lot (lab_id, expires_on) where status in ('quarantine', 'usable', 'in_use');
create index lot_of_receipt on lis_inventory.lot (lab_id, receipt_id);
call nidaan.isolate('lis_inventory.lot');
revoke delete on lis_inventory.lot from nidaan_app;

create table lis_inventory.movement (
  lab_id uuid not null,
  id uuid not null,
  -- The order of the ledger. Movements of one lot are written under the lock of its item, so in the order of their commits.
  seq bigint generated always as identity,
  item_id uuid not null,
  lot_id uuid not null,
  kind text not null,
  quantity numeric(12, 3) not null,
  balance numeric(15, 3) not null,
  at timestamptz not null,
  by text not null,
  reason text,
  location text,
  source_id uuid,
  constraint movement_key primary key (lab_id, id),
  constraint movement_lot foreign key (lab_id, lot_id) references lis_inventory.lot (lab_id, id),
  constraint movement_balance check (balance >= 0),
  constraint movement_kind check (kind in ('receipt', 'opening', 'consumption', 'repeat', 'control', 'adjustment', 'discard',
    'transfer', 'return'))
);
create index movement_of_item on lis_inventory.movement (lab_id, item_id, seq desc);
create index movement_of_lot on lis_inventory.movement (lab_id, lot_id, seq desc);
call nidaan.isolate_append_only('lis_inventory.movement');

create table lis_inventory.verification (
  lab_id uuid not null,
  id uuid not null,
  lot_id uuid not null,
  old_lot_id uuid not null,
  -- As compared: analytes with their pairs, differences and verdicts.
  comparisons jsonb not null,
  has_passed boolean not null,
  at timestamptz not null,
  by text not null,
  note text,
  constraint verification_key primary key (lab_id, id),
  constraint verification_lot foreign key (lab_id, lot_id) references lis_inventory.lot (lab_id, id)
);
create index verification_of_lot on lis_inventory.verification (lab_id, lot_id, at desc, id desc);
call nidaan.isolate_append_only('lis_inventory.verification');

create table lis_inventory.stock_count (
  lab_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  by text not null,
  reason text not null,
  -- List of {lotId, onSheet, counted}, as sent.
  lines jsonb not null,
  constraint stock_count_key primary key (lab_id, id)
);
call nidaan.isolate_append_only('lis_inventory.stock_count');

create table lis_inventory.recipe (
  lab_id uuid not null,
  -- Whose recipe: a test's, once for each tube; an analyte's, once for each value.
  measure text not null,
  code text not null,
  -- Empty: on whichever instrument.
  instrument text not null,
  item_id uuid not null,
  quantity numeric(12, 3) not null,
  constraint recipe_key primary key (lab_id, measure, code, instrument, item_id),
  constraint recipe_item foreign key (lab_id, item_id) references lis_inventory.item (lab_id, id),
  constraint recipe_measure check (measure in ('test', 'analyte')),
  constraint recipe_quantity check (quantity > 0)
);
call nidaan.isolate('lis_inventory.recipe');

-- What was measured where a recipe counts it. The key makes one measurement count once however often it is told.
create table lis_inventory.measurement (
  lab_id uuid not null,
  -- The result or the control run.
  source_id uuid not null,
  key text not null,
  -- What counts as one: a test on a tube of an order, or a control run; the hash of its parts.
  run uuid not null,
  analyte_code text not null,
  at timestamptz not null,
  constraint measurement_key primary key (lab_id, source_id, key)
);
create index measurement_of_run on lis_inventory.measurement (lab_id, run, analyte_code);
call nidaan.isolate_append_only('lis_inventory.measurement');

-- Sums a day, which the report adds up: a year of movements would be millions of rows.
create table lis_inventory.usage_day (
  lab_id uuid not null,
  day date not null,
  item_id uuid not null,
  measure text not null,
  code text not null,
  instrument text not null,
  kind text not null,
  runs bigint not null,
  quantity numeric(15, 3) not null,
  short numeric(15, 3) not null,
  constraint usage_day_key primary key (lab_id, day, item_id, measure, code, instrument, kind)
);
create index usage_of_item on lis_inventory.usage_day (lab_id, item_id, day);
call nidaan.isolate('lis_inventory.usage_day');
revoke delete on lis_inventory.usage_day from nidaan_app;

create table lis_inventory.shortage (
  lab_id uuid not null,
  id uuid not null,
  item_id uuid not null,
  kind text not null,
  measure text not null,
  code text not null,
  instrument text not null,
  quantity numeric(12, 3) not null,
  why text not null,
  at timestamptz not null,
  source_id uuid not null,
  settled_at timestamptz,
  settled_by text,
  settled_lot_id uuid,
  settle_reason text,
  constraint shortage_key primary key (lab_id, id)
);
create index shortage_open on lis_inventory.shortage (lab_id, at, id) where settled_at is null;
call nidaan.isolate('lis_inventory.shortage');
revoke update, delete on lis_inventory.shortage from nidaan_app;
grant update (settled_at, settled_by, settled_lot_id, settle_reason) on lis_inventory.shortage to nidaan_app;
