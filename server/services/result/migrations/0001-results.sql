-- additive: results, one row per order line and analyte, and what instruments observed
create table lis_result.result (
  id uuid primary key,
  lab_id uuid not null,
  order_id uuid not null,
  line_id uuid not null,
  patient_id uuid not null,
  -- Place within the order: the catalogue's order of tests and analytes.
  position int not null,
  -- 0 STAT, 1 urgent, 2 routine: the worklist's first key.
  priority_rank smallint not null,
  placed_at timestamptz not null,
  test_code text not null,
  test_name text not null,
  section text not null,
  specimen text not null,
  method text,
  analyte_code text not null,
  analyte_name text not null,
  loinc text,
  kind text not null,
  ucum text,
  unit text not null,
  decimals smallint,
  choices jsonb not null,
  barcode text,
  collected_at timestamptz,
  received_at timestamptz,
  -- When the tube came, for the worklist: one column that is never null, so that a page can begin anywhere.
  came_at timestamptz not null generated always as (coalesce(received_at, collected_at, placed_at)) stored,
  status text not null default 'expected',
  value text,
  raw_value text,
  flags text[] not null default '{}',
  holds text[] not null default '{}',
  range jsonb,
  -- Sex and age at collection the value was judged by; null: unknown. Tells which values a correction of the patient touches.
  person jsonb,
  -- How often a correction of the patient has passed while the result was open: who fetched the patient's facts before
  -- taking the lock learns here that they may be old.
  corrections int not null default 0,
  note text,
  source text,
  message_id uuid,
  other_values jsonb not null default '[]',
  entered_at timestamptz,
  entered_by text,
  verified_at timestamptz,
  verified_by text,
  verified_by_id uuid,
  authorised_at timestamptz,
  authorised_by text,
  authorised_by_id uuid,
  sent_back_reason text,
  version int not null default 1,
  constraint result_of_line unique (lab_id, line_id, analyte_code),
  constraint result_status check (status in ('expected', 'awaiting', 'entered', 'verified', 'authorised')),
  constraint result_kind check (kind in ('numeric', 'text', 'coded', 'titre')),
  constraint result_priority check (priority_rank between 0 and 2),
  constraint result_collected check (status = 'expected' or (collected_at is not null and barcode is not null)),
  constraint result_valued check ((value is not null) = (status in ('entered', 'verified', 'authorised'))),
  constraint result_valued_whole check ((value is null) = (raw_value is null) and (value is null) = (entered_at is null)),
  constraint result_verified check ((verified_at is not null) = (status in ('verified', 'authorised'))),
  constraint result_authorised check ((authorised_at is not null) = (status = 'authorised'))
);
create index result_of_order on lis_result.result (lab_id, order_id, position);
create index result_of_tube on lis_result.result (lab_id, barcode, analyte_code) where barcode is not null;
create index result_worklist on lis_result.result (lab_id, status, priority_rank, came_at, order_id, position);
create index result_worklist_of_section on lis_result.result (lab_id, section, status, priority_rank, came_at, order_id, position);
create index result_of_patient on lis_result.result (lab_id, patient_id, id);
create index result_previous on lis_result.result (lab_id, patient_id, analyte_code, authorised_at desc, id desc) where status = 'authorised';
call nidaan.isolate('lis_result.result');
revoke delete on lis_result.result from nidaan_app;

-- An authorised result never changes (P3). Only what came later may still be noted beside it: a further value of an
-- instrument, and the counter's scan when its news was late. came_at follows from that scan.
create function lis_result.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_jsonb(new) - '{other_values,received_at,came_at}'::text[] is distinct from to_jsonb(old) - '{other_values,received_at,came_at}'::text[] then
    raise exception 'an authorised result cannot be changed';
  end if;
  return new;
end $$;
create trigger authorised_stays before update on lis_result.result
  for each row when (old.status = 'authorised') execute function lis_result.refuse_change();

-- What instruments sent and what became of it; the key makes a repeat harmless (P2) and leads back to the message (P4).
create table lis_result.observation (
  lab_id uuid not null,
  key text not null,
  result_id uuid not null,
  order_id uuid not null,
  message_id uuid not null,
  instrument text not null,
  value text not null,
  unit text not null,
  outcome text not null,
  at timestamptz not null,
  constraint observation_key primary key (lab_id, key),
  constraint observation_outcome check (outcome in ('entered', 'repeated', 'kept_beside'))
);
create index observation_of_result on lis_result.observation (lab_id, result_id, at);
call nidaan.isolate_append_only('lis_result.observation');
