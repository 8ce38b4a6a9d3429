-- additive: manifests to referral labs, and the reports that come back
create table lis_sample.manifest (
  id uuid not null,
  lab_id uuid not null,
  number text not null,
  referral_lab_id uuid not null,
  -- As it was then: a manifest of last year bears last year's name.
  referral_lab_name text not null,
  status text not null default 'made',
  expected_on date not null,
  made_at timestamptz not null,
  made_by text not null,
  sent_at timestamptz,
  sent_by text,
  courier text,
  constraint manifest_key primary key (id),
  constraint manifest_number_key unique (lab_id, number),
  constraint manifest_status check (status in ('made', 'sent', 'reported'))
);
create index manifest_due on lis_sample.manifest (lab_id, status, expected_on, id);
call nidaan.isolate('lis_sample.manifest');
revoke delete on lis_sample.manifest from nidaan_app;

create table lis_sample.outlab_report (
  lab_id uuid not null,
  manifest_id uuid not null,
  order_id uuid not null,
  file_id uuid not null,
  attached_at timestamptz not null,
  attached_by text not null,
  constraint outlab_report_key primary key (manifest_id, order_id, file_id),
  constraint outlab_report_manifest foreign key (manifest_id) references lis_sample.manifest (id)
);
call nidaan.isolate_append_only('lis_sample.outlab_report');
