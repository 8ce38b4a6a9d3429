-- additive: entities that count up, and a table whose only use is to give a transaction its number early
create table lis_teller.entity (
  id uuid not null,
  lab_id uuid not null,
  n int not null,
  code text,
  constraint entity_key primary key (id),
  constraint entity_code_taken unique (lab_id, code),
  constraint entity_n_positive check (n > 0)
);
call nidaan.isolate('lis_teller.entity');

create table lis_teller.scratch (
  lab_id uuid not null,
  note text not null
);
call nidaan.isolate('lis_teller.scratch');
