-- additive: racks; which tube stands where is kept with the tube
create table lis_sample.rack (
  id uuid not null,
  lab_id uuid not null,
  -- In capitals, as scanned.
  code text not null,
  rows int not null,
  columns int not null,
  place text not null,
  temperature text not null,
  constraint rack_key primary key (id),
  constraint rack_code_key unique (lab_id, code),
  constraint rack_code_capitals check (code = upper(code)),
  constraint rack_size check (rows between 1 and 26 and columns between 1 and 99),
  constraint rack_temperature check (temperature in ('room', 'refrigerated', 'frozen'))
);
call nidaan.isolate('lis_sample.rack');
