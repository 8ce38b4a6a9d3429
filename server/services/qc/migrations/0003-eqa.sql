-- additive: rounds of external quality assessment
create table lis_qc.eqa_round (
  id uuid primary key,
  lab_id uuid not null,
  scheme text not null,
  round text not null,
  closes_on date not null,
  version int not null default 1,
  constraint eqa_round_key unique (lab_id, scheme, round)
);
create index eqa_round_list on lis_qc.eqa_round (lab_id, closes_on desc, id desc);
call nidaan.isolate('lis_qc.eqa_round');
revoke delete on lis_qc.eqa_round from nidaan_app;

create table lis_qc.eqa_sample (
  id uuid primary key,
  lab_id uuid not null,
  round_id uuid not null references lis_qc.eqa_round (id),
  position int not null,
  sample_code text not null,
  analyte_code text not null,
  instrument text not null,
  result numeric,
  result_at timestamptz,
  result_by text,
  assigned_value numeric,
  sdpa numeric,
  z double precision,
  verdict text,
  evaluated_at timestamptz,
  note text,
  version int not null default 1,
  constraint eqa_sample_verdict check (verdict in ('acceptable', 'warning', 'unacceptable')),
  constraint eqa_sample_evaluated check ((verdict is null) = (evaluated_at is null))
);
create index eqa_sample_of_round on lis_qc.eqa_sample (lab_id, round_id, position);
create index eqa_register on lis_qc.eqa_sample (lab_id, evaluated_at desc, id desc) where evaluated_at is not null;
call nidaan.isolate('lis_qc.eqa_sample');
revoke delete on lis_qc.eqa_sample from nidaan_app;
