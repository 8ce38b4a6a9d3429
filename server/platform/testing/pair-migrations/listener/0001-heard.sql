-- additive: what the listener heard, in the order of its handling
create table lis_listener.heard (
  position bigint generated always as identity primary key,
  lab_id uuid not null,
  consumer text not null,
  entity_id uuid not null,
  n int not null
);
call nidaan.isolate('lis_listener.heard');
