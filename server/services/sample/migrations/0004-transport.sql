-- additive: courier bags and what is in them
create table lis_sample.document_counter (
  lab_id uuid not null,
  kind text not null,
  day date not null,
  last int not null,
  constraint document_counter_key primary key (lab_id, kind, day)
);
call nidaan.isolate('lis_sample.document_counter');

create table lis_sample.bag (
  id uuid not null,
  lab_id uuid not null,
  code text not null,
  status text not null default 'packed',
  -- Since when it is in its status: what lists of waiting bags are ordered by.
  status_at timestamptz not null,
  from_place text,
  to_place text not null,
  courier text,
  packed_at timestamptz not null,
  packed_by text not null,
  sent_at timestamptz,
  sent_by text,
  received_at timestamptz,
  received_by text,
  constraint bag_key primary key (id),
  constraint bag_code_key unique (lab_id, code),
  constraint bag_status check (status in ('packed', 'sent', 'received'))
);
create index bag_waiting on lis_sample.bag (lab_id, status, status_at, id);
call nidaan.isolate('lis_sample.bag');
revoke delete on lis_sample.bag from nidaan_app;

-- packed: on its way; received: came out of the bag; missing: the bag was opened without it; found: turned up elsewhere after.
create table lis_sample.bag_tube (
  lab_id uuid not null,
  bag_id uuid not null,
  tube_id uuid not null,
  state text not null default 'packed',
  missing_since timestamptz,
  constraint bag_tube_key primary key (bag_id, tube_id),
  constraint bag_tube_bag foreign key (bag_id) references lis_sample.bag (id),
  constraint bag_tube_tube foreign key (tube_id) references lis_sample.tube (id),
  constraint bag_tube_state check (state in ('packed', 'received', 'missing', 'found')),
  constraint bag_tube_missing check ((state = 'missing') <= (missing_since is not null))
);
-- A tube is in one bag.
create unique index bag_tube_open on lis_sample.bag_tube (lab_id, tube_id) where state = 'packed';
create index bag_tube_lost on lis_sample.bag_tube (lab_id, missing_since, tube_id) where state = 'missing';
create index bag_tube_of_tube on lis_sample.bag_tube (lab_id, tube_id) where state in ('packed', 'missing');
call nidaan.isolate('lis_sample.bag_tube');
revoke delete on lis_sample.bag_tube from nidaan_app;
