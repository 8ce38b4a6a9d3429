-- additive: the tube plan of each order, its tubes, and every barcode a tube can be found by
-- One row an order whose tubes are planned: its key lets one plan win when the desk and the order's event ask at once.
create table lis_sample.tube_plan (
  lab_id uuid not null,
  order_id uuid not null,
  planned_at timestamptz not null,
  constraint tube_plan_key primary key (lab_id, order_id)
);
call nidaan.isolate_append_only('lis_sample.tube_plan');

create table lis_sample.accession_counter (
  lab_id uuid not null,
  day date not null,
  last int not null,
  constraint accession_counter_key primary key (lab_id, day)
);
call nidaan.isolate('lis_sample.accession_counter');

create table lis_sample.tube (
  id uuid not null,
  lab_id uuid not null,
  order_id uuid not null,
  patient_id uuid not null,
  priority text not null,
  -- Our own number, made once. `barcode` begins as the same and becomes that of a pre-printed label when one is stuck on.
  accession text not null,
  barcode text not null,
  is_preprinted boolean not null default false,
  position int not null,
  container_code text not null,
  container_name text not null,
  cap_colour text not null,
  additive text not null,
  volume_ml numeric,
  order_of_draw int not null,
  specimen text not null,
  section text not null,
  draw text,
  line_ids uuid[] not null,
  test_codes text[] not null,
  status text not null default 'planned',
  -- When the tube came into its status: what lists of waiting tubes are ordered by.
  status_at timestamptz not null,
  collected_at timestamptz,
  collected_by text,
  received_at timestamptz,
  received_by text,
  labels_printed int not null default 0,
  version int not null default 1,
  constraint tube_key primary key (id),
  constraint tube_plan foreign key (lab_id, order_id) references lis_sample.tube_plan (lab_id, order_id),
  constraint tube_accession unique (lab_id, accession),
  constraint tube_priority check (priority in ('routine', 'urgent', 'stat')),
  constraint tube_has_lines check (cardinality(line_ids) > 0 and cardinality(line_ids) = cardinality(test_codes)),
  constraint tube_status check (
    case status
      when 'planned' then collected_at is null and received_at is null
      when 'collected' then collected_at is not null and collected_by is not null and received_at is null
      when 'received' then collected_at is not null and received_at is not null and received_by is not null
      else false
    end
  )
);
create index tube_of_order on lis_sample.tube (lab_id, order_id, position);
create index tube_waiting on lis_sample.tube (lab_id, status, status_at, id);
call nidaan.isolate('lis_sample.tube');
revoke delete on lis_sample.tube from nidaan_app;

-- Every text a scanner may read for a tube, in capitals: its accession, and that of a pre-printed label. One table for
-- both, so that no label can ever stand for two tubes of a lab.
create table lis_sample.tube_barcode (
  lab_id uuid not null,
  barcode text not null,
  tube_id uuid not null,
  constraint tube_barcode_key primary key (lab_id, barcode),
  constraint tube_barcode_tube foreign key (tube_id) references lis_sample.tube (id),
  constraint tube_barcode_capitals check (barcode = upper(barcode))
);
call nidaan.isolate_append_only('lis_sample.tube_barcode');
