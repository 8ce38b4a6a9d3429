-- additive: labs (the tenants) and referring doctors
create table lis_organization.lab (
  id uuid primary key,
  code text not null,
  name text not null,
  address_lines text[] not null,
  phone text not null,
  email text not null,
  registration_number text not null,
  accession_prefix text not null,
  time_zone text not null default 'Asia/Kolkata',
  created_on date not null,
  version int not null default 1,
  constraint lab_code_key unique (code)
);
call nidaan.isolate('lis_organization.lab', 'id');
revoke delete on lis_organization.lab from nidaan_app;

-- Before login no lab is set, so row-level security shows none. This tells just what a login needs: the lab of a code,
-- or the first two labs when no code is given, so that the caller knows whether there is only one.
create policy before_login on lis_organization.lab for select to nidaan_platform using (true);
grant select (id, code, name) on lis_organization.lab to nidaan_platform;
create function lis_organization.labs_to_sign_in(wanted text) returns table (id uuid, code text, name text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select l.id, l.code, l.name
    from lis_organization.lab as l
    where wanted is null or l.code = upper(wanted)
    order by l.code
    limit 2;
  end;
alter function lis_organization.labs_to_sign_in(text) owner to nidaan_platform;
grant execute on function lis_organization.labs_to_sign_in(text) to nidaan_app;

create table lis_organization.doctor (
  id uuid primary key,
  lab_id uuid not null,
  name text not null,
  -- The name in lower case. A stored column in collation "C", since under row-level security the planner uses an index only
  -- through leakproof operators: comparing text is one, lower() is not.
  name_key text collate "C" not null,
  qualification text,
  mobile text
);
create index doctor_by_name on lis_organization.doctor (lab_id, name_key, id);
call nidaan.isolate('lis_organization.doctor');
