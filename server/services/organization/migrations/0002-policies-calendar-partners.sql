-- additive: how a lab wants things done, when it is open, and who sends patients or takes samples
create table lis_organization.policy (
  lab_id uuid primary key,
  four_eyes boolean not null default true,
  signing_minutes int not null default 10,
  critical_call_minutes int not null default 30,
  overdue_calibration_holds boolean not null default true,
  sample_retention_days int not null default 7
);
call nidaan.isolate('lis_organization.policy');
revoke delete on lis_organization.policy from nidaan_app;

create table lis_organization.calendar (
  lab_id uuid primary key,
  -- Seven lists of {fromMinute, toMinute}, Monday first.
  week jsonb not null,
  -- List of {day, name}, by day.
  holidays jsonb not null
);
call nidaan.isolate('lis_organization.calendar');
revoke delete on lis_organization.calendar from nidaan_app;

create table lis_organization.partner (
  lab_id uuid not null,
  id uuid not null,
  kind text not null,
  code text collate "C" not null,
  name text not null,
  -- The name in lower case, as for doctors.
  name_key text collate "C" not null,
  phone text,
  email text,
  from_day date,
  to_day date,
  is_active boolean not null,
  version int not null default 1,
  constraint partner_key primary key (lab_id, id),
  constraint partner_code_key unique (lab_id, code),
  constraint partner_kind check (kind in ('centre', 'client', 'referral_lab', 'camp')),
  constraint partner_days check (
    case kind when 'camp' then from_day <= to_day and from_day is not null and to_day is not null
    else from_day is null and to_day is null end
  )
);
create index partner_by_name on lis_organization.partner (lab_id, name_key, id);
create index partner_of_kind on lis_organization.partner (lab_id, kind, name_key, id);
call nidaan.isolate('lis_organization.partner');
-- Orders name their partner for as long as the lab keeps them.
revoke delete on lis_organization.partner from nidaan_app;
