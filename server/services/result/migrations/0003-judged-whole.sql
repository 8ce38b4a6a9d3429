-- additive: everything a value is judged by and told with: calculated, timed and outsourced tests, delta, indices, notes of holds, structured values, cancelled tests
alter table lis_result.result
  add column is_calculated boolean not null default false,
  -- In the catalogue's formula language, as it was when the test was ordered; null for what is measured.
  add column formula text,
  -- The analyte code instruments report it under, when it is a timed slot of another.
  add column measured_as text,
  add column draw text,
  add column is_outsourced boolean not null default false,
  -- Facts of the order that a value is judged by.
  add column gestation_weeks smallint,
  add column is_fasting boolean,
  add column delta jsonb,
  add column indices jsonb,
  add column dilution text,
  add column reagent_lot text,
  -- Value and unit as sent, when it was converted.
  add column sent_as jsonb,
  add column interpretation text,
  add column detail jsonb,
  -- [{hold, text}]: what a hold says in words.
  add column hold_notes jsonb not null default '[]',
  -- Why a calculated row has no value.
  add column blank_reason text,
  add column auto_rules text[] not null default '{}',
  add column amendment jsonb,
  drop constraint result_status,
  drop constraint result_kind,
  drop constraint result_collected,
  drop constraint result_valued,
  drop constraint result_verified,
  add constraint result_status check (status in ('expected', 'awaiting', 'entered', 'verified', 'authorised', 'cancelled')),
  add constraint result_kind check (kind in ('numeric', 'text', 'coded', 'titre', 'culture', 'narrative', 'image')),
  add constraint result_collected check (status in ('expected', 'cancelled') or (collected_at is not null and barcode is not null)),
  -- A cancelled one keeps what stood there, as far as it had come.
  add constraint result_valued check (status = 'cancelled' or (value is not null) = (status in ('entered', 'verified', 'authorised'))),
  add constraint result_verified check (status = 'cancelled' or (verified_at is not null) = (status in ('verified', 'authorised'))),
  add constraint result_formula check (not is_calculated or formula is not null);

-- The latest earlier value of a person and analyte, by the time of drawing: the delta check.
create index result_earlier on lis_result.result (lab_id, patient_id, analyte_code, collected_at desc)
  where status in ('verified', 'authorised');
