-- additive: suppliers, purchase orders, goods receipts
create table lis_inventory.supplier (
  lab_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text not null,
  phone text,
  email text,
  is_active boolean not null,
  version int not null default 1,
  constraint supplier_key primary key (lab_id, id),
  constraint supplier_code_key unique (lab_id, code)
);
call nidaan.isolate('lis_inventory.supplier');
revoke delete on lis_inventory.supplier from nidaan_app;

create table lis_inventory.purchase_serial (
  lab_id uuid not null,
  year int not null,
  last int not null,
  constraint purchase_serial_key primary key (lab_id, year)
);
call nidaan.isolate('lis_inventory.purchase_serial');

create table lis_inventory.purchase (
  lab_id uuid not null,
  id uuid not null,
  number text not null,
  supplier_id uuid not null,
  status text not null default 'draft',
  -- List of {itemId, quantity, received, pricePaise}, in the order typed.
  lines jsonb not null,
  note text,
  created_at timestamptz not null,
  sent_at timestamptz,
  version int not null default 1,
  constraint purchase_key primary key (lab_id, id),
  constraint purchase_number_key unique (lab_id, number),
  constraint purchase_supplier foreign key (lab_id, supplier_id) references lis_inventory.supplier (lab_id, id),
  constraint purchase_status check (status in ('draft', 'sent', 'part_received', 'received', 'cancelled'))
);
create index purchase_list on lis_inventory.purchase (lab_id, created_at desc, id desc);
create index purchase_of_status on lis_inventory.purchase (lab_id, status, created_at desc, id desc);
call nidaan.isolate('lis_inventory.purchase');
revoke delete on lis_inventory.purchase from nidaan_app;

create table lis_inventory.receipt (
  lab_id uuid not null,
  id uuid not null,
  purchase_id uuid,
  supplier_id uuid,
  invoice_number text,
  received_at timestamptz not null,
  by text not null,
  -- What was sent, as text: the same again is told from another with the same id.
  content text not null,
  constraint receipt_key primary key (lab_id, id)
);
create index receipt_list on lis_inventory.receipt (lab_id, received_at desc, id desc);
call nidaan.isolate_append_only('lis_inventory.receipt');
