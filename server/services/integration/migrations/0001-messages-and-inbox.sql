-- additive: raw messages of instruments, the inbox of what fits nothing, and what instrument codes mean
create table lis_integration.message (
  id uuid primary key,
  lab_id uuid not null,
  -- Order of arrival; also the cursor of the list.
  seq bigint generated always as identity,
  protocol text not null,
  received_at timestamptz not null,
  peer text not null,
  instrument text not null,
  message_type text not null,
  control_id text not null,
  size_bytes int not null,
  -- Over what is processed (`content`, else `raw`): the same bytes again are a repeat.
  sha256 bytea not null,
  -- What was on the wire, byte for byte.
  raw bytea not null,
  -- This message alone, when its ASTM frames held neighbours too.
  content bytea,
  ack_code text,
  status text not null,
  problem text,
  -- The first arrival of the same bytes.
  repeat_of uuid,
  attempts int not null default 0,
  due_at timestamptz not null,
  processed_at timestamptz,
  constraint message_protocol check (protocol in ('hl7', 'astm')),
  constraint message_status check (status in ('stored', 'processed', 'held', 'refused'))
);
create unique index message_arrival on lis_integration.message (lab_id, seq);
create index message_by_status on lis_integration.message (lab_id, status, seq);
create index message_waiting on lis_integration.message (lab_id, seq) where status = 'stored';
create index message_same_bytes on lis_integration.message (lab_id, sha256);
-- Raw bytes are kept out of the row and not compressed on the way in: the acknowledgement waits for this write.
alter table lis_integration.message alter column raw set storage external;
alter table lis_integration.message alter column content set storage external;
call nidaan.isolate('lis_integration.message');
revoke delete on lis_integration.message from nidaan_app;

create table lis_integration.inbox_item (
  id uuid primary key,
  lab_id uuid not null,
  seq bigint generated always as identity,
  message_id uuid not null references lis_integration.message (id),
  reason text not null,
  instrument text not null,
  barcode text not null,
  code text not null,
  code_text text not null,
  value text not null,
  unit text not null,
  location text not null,
  arrived_at timestamptz not null,
  status text not null default 'open',
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  constraint inbox_item_status check (status in ('open', 'resolved', 'discarded')),
  -- One item a place of a message, however often the message is processed.
  constraint inbox_item_place unique (message_id, location)
);
create unique index inbox_item_by_status on lis_integration.inbox_item (lab_id, status, seq);
create index inbox_item_open_by_barcode on lis_integration.inbox_item (lab_id, barcode) where status = 'open';
call nidaan.isolate('lis_integration.inbox_item');
revoke delete on lis_integration.inbox_item from nidaan_app;

create table lis_integration.code_mapping (
  id uuid primary key,
  lab_id uuid not null,
  -- As the instrument names itself; empty: any instrument.
  instrument text not null,
  -- As sent: Beckman test names differ by case.
  code text not null,
  analyte_code text not null,
  mapped_at timestamptz not null,
  mapped_by text not null,
  constraint code_mapping_key unique (lab_id, instrument, code)
);
create index code_mapping_by_code on lis_integration.code_mapping (lab_id, code);
call nidaan.isolate('lis_integration.code_mapping');
