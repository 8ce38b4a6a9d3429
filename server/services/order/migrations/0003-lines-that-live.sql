-- additive: where an order came from; draws and origins of lines; the clock and progress of each line; cancellations, money taken back, added tests
alter table lis_order.placed_order
  add column gestation_weeks int,
  add column source text not null default 'walk_in',
  add column source_id uuid,
  add constraint placed_order_gestation check (gestation_weeks between 1 and 45),
  add constraint placed_order_source check (source in ('walk_in', 'doctor', 'centre', 'client', 'camp', 'home')),
  add constraint placed_order_walk_in check (source <> 'walk_in' or source_id is null);
create index placed_order_of_source on lis_order.placed_order (lab_id, source_id, placed_at desc, id desc)
  where source_id is not null;

-- Codes of the lines that give the item: its own tests, or the tests that contain them. Its price is taken back when all of
-- these are cancelled. Empty on items placed before this migration: domain/order-reversal.ts says what holds for them.
alter table lis_order.order_item add column line_codes text[] not null default '{}';

-- A test that was cancelled may be asked for again on the same order: then it is a line of the next round.
alter table lis_order.order_line
  add column draw text,
  add column origin text not null default 'ordered',
  add column is_outsourced boolean not null default false,
  add column is_in_scope boolean not null default false,
  add column round int not null default 1,
  add constraint order_line_origin check (origin in ('ordered', 'added', 'reflex')),
  drop constraint order_line_once,
  add constraint order_line_once unique (order_id, test_code, round);

-- What changes of a line while it lives: how far it has come and when it is promised. The line itself is never changed.
-- Minutes are those of the catalogue when it was ordered. A line placed before this migration has no row until it moves.
create table lis_order.line_state (
  lab_id uuid not null,
  order_id uuid not null,
  line_id uuid not null,
  test_code text not null,
  section text not null,
  stage text not null,
  placed_at timestamptz not null,
  -- From when its turnaround counts: ordered, added, or to be drawn again.
  clock_from timestamptz not null,
  promised_at timestamptz not null,
  routine_minutes int not null,
  urgent_minutes int not null,
  is_outsourced boolean not null,
  collected_at timestamptz,
  received_at timestamptz,
  entered_at timestamptz,
  verified_at timestamptz,
  finished_at timestamptz,
  -- The round of draws: 1, and one more each time it is to be drawn again.
  draws int not null default 1,
  constraint line_state_key primary key (order_id, line_id),
  constraint line_state_stage check (stage in
    ('ordered', 'collected', 'received', 'rejected', 'entered', 'verified', 'authorised', 'cancelled'))
);
-- Open lines by promise (late and soon late) and by age (pending from yesterday): as many as the lab has in hand.
create index line_state_open on lis_order.line_state (lab_id, promised_at, line_id)
  where stage not in ('authorised', 'cancelled');
create index line_state_waiting on lis_order.line_state (lab_id, placed_at, line_id)
  where stage not in ('authorised', 'cancelled');
create index line_state_of_line on lis_order.line_state (line_id);
-- The last ones of a test, for how long it usually takes.
create index line_state_finished on lis_order.line_state (lab_id, test_code, finished_at desc)
  where stage = 'authorised' and collected_at is not null;
call nidaan.isolate('lis_order.line_state');

-- How long a test takes in this lab from drawing to signature: the middle of its last ones.
create table lis_order.test_pace (
  lab_id uuid not null,
  test_code text not null,
  median_minutes int not null,
  lines int not null,
  constraint test_pace_key primary key (lab_id, test_code)
);
call nidaan.isolate('lis_order.test_pace');

-- Lines taken back, with the stage they had reached (lab-day 18: a reversal, never an erase).
create table lis_order.line_cancellation (
  lab_id uuid not null,
  order_id uuid not null,
  line_id uuid not null,
  stage_before text not null,
  reason text not null,
  cancelled_at timestamptz not null,
  cancelled_by text not null,
  constraint line_cancellation_key primary key (order_id, line_id)
);
call nidaan.isolate_append_only('lis_order.line_cancellation');

-- Money taken back from an item: all its tests were cancelled, or an item added later contains it.
create table lis_order.item_reversal (
  lab_id uuid not null,
  order_id uuid not null,
  code text not null,
  position int not null,
  paise bigint not null,
  reason text not null,
  reversed_at timestamptz not null,
  reversed_by text not null,
  constraint item_reversal_key primary key (order_id, position),
  constraint item_reversal_item foreign key (order_id, position) references lis_order.order_item (order_id, position),
  constraint item_reversal_paise check (paise >= 0)
);
call nidaan.isolate_append_only('lis_order.item_reversal');

-- An item cancelled and asked for again is an item again.
alter table lis_order.order_item
  add column round int not null default 1,
  add column origin text not null default 'ordered',
  add constraint order_item_origin check (origin in ('ordered', 'added', 'reflex')),
  drop constraint order_item_once,
  add constraint order_item_once unique (order_id, code, round);

-- Requests that added tests: the same request again adds nothing.
create table lis_order.addition (
  id uuid not null,
  lab_id uuid not null,
  order_id uuid not null,
  codes text[] not null,
  origin text not null,
  added_at timestamptz not null,
  added_by text not null,
  constraint addition_key primary key (id),
  constraint addition_order foreign key (order_id) references lis_order.placed_order (id)
);
call nidaan.isolate_append_only('lis_order.addition');

-- Reflex tests that wait for the desk's word.
create table lis_order.reflex_proposal (
  id uuid not null,
  lab_id uuid not null,
  order_id uuid not null,
  patient_id uuid not null,
  rule_code text not null,
  test_code text not null,
  result_ids uuid[] not null,
  status text not null,
  proposed_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  constraint reflex_proposal_key primary key (id),
  constraint reflex_proposal_once unique (order_id, rule_code, test_code),
  constraint reflex_proposal_status check (status in ('open', 'confirmed', 'declined'))
);
create index reflex_proposal_list on lis_order.reflex_proposal (lab_id, status, proposed_at, id);
call nidaan.isolate('lis_order.reflex_proposal');

-- Lines that passed their promise, with the reason a person gives (lab-day 71).
create table lis_order.breach (
  lab_id uuid not null,
  order_id uuid not null,
  line_id uuid not null,
  test_code text not null,
  section text not null,
  promised_at timestamptz not null,
  -- Null while the line is still open.
  finished_at timestamptz,
  reason text,
  note text,
  set_by text,
  set_at timestamptz,
  constraint breach_key primary key (order_id, line_id),
  constraint breach_reason check (reason in ('late_collection', 'transport', 'sample_rejected', 'instrument_down', 'reagent', 'qc',
    'rerun', 'workload', 'staff', 'power', 'outsourced', 'other'))
);
create index breach_list on lis_order.breach (lab_id, promised_at desc, line_id desc);
call nidaan.isolate('lis_order.breach');
