-- additive: the platform's own schema: roles are made by migrate.ts, this holds functions every service's schema is built with
create schema if not exists nidaan;

create table if not exists nidaan.migration (
  service text not null,
  number int not null,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now(),
  constraint migration_key primary key (service, number)
);

-- The lab of the session, null when none is set. A bare cast of current_setting would fail on a reused connection,
-- where the setting is the empty string and not null.
create or replace function nidaan.current_lab() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('nidaan.lab', true), '')::uuid;

-- Shuts a table to every lab but the session's own, for its owner too (P6).
create or replace procedure nidaan.isolate(table_name regclass, lab_column text default 'lab_id')
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy own_lab on %s to nidaan_app using (%I = nidaan.current_lab()) with check (%I = nidaan.current_lab())',
    table_name, lab_column, lab_column);
  execute format('grant select, insert, update, delete on %s to nidaan_app', table_name);
end $$;

-- Same, for rows that are written once and never changed: the application may add and read, nothing else (P3, P8).
create or replace procedure nidaan.isolate_append_only(table_name regclass)
  language plpgsql as $$
begin
  call nidaan.isolate(table_name);
  execute format('revoke update, delete on %s from nidaan_app', table_name);
end $$;

-- Schedules a job in the caller's transaction. Runs as its owner: the application role cannot touch the queue otherwise.
create or replace function nidaan.schedule(task text, payload json, job_key text, run_at timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, payload, run_at := coalesce(run_at, now()), job_key := job_key,
    job_key_mode := case when job_key is null then null else 'preserve_run_at' end, max_attempts := 12);
end $$;

grant usage on schema nidaan to nidaan_app, nidaan_platform;
grant execute on function nidaan.current_lab(), nidaan.schedule(text, json, text, timestamptz) to nidaan_app, nidaan_platform;

-- Outbox, inbox and audit of one service's schema.
create or replace procedure nidaan.add_platform_tables(schema_name text)
  language plpgsql as $$
begin
  execute format('set local search_path to %I, nidaan, public', schema_name);

  -- What the service tells. `xid` and `seq` give the order of commits: rows are read only below the oldest running
  -- transaction, in (xid, seq) order; reading by seq alone was measured to miss rows (design, section 6).
  create table outbox (
    seq bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    id uuid not null,
    lab_id uuid not null,
    type text not null,
    version int not null,
    entity_id uuid not null,
    payload jsonb not null,
    request_id text not null,
    trace text,
    told_at timestamptz not null
  );
  create index outbox_order on outbox (xid, seq);
  call nidaan.isolate_append_only('outbox');

  -- How far each subscriber has been told.
  create table outbox_cursor (
    subscriber text primary key,
    xid xid8 not null,
    seq bigint not null
  );

  -- What others told this service and how far it got. The row is kept after it is done: that is how an event's effect
  -- happens once however often it arrives.
  create table inbox (
    event_id uuid not null,
    consumer text not null,
    position bigint generated always as identity,
    lab_id uuid not null,
    type text not null,
    version int not null,
    entity_id uuid not null,
    payload jsonb not null,
    request_id text not null,
    trace text,
    told_at timestamptz not null,
    state text not null default 'waiting',
    attempts int not null default 0,
    due_at timestamptz not null default now(),
    last_error text,
    done_at timestamptz,
    constraint inbox_key primary key (event_id, consumer),
    constraint inbox_state check (state in ('waiting', 'done', 'parked'))
  );
  create index inbox_open on inbox (entity_id, position) where state <> 'done';
  create index inbox_waiting on inbox (position) where state = 'waiting';
  create index inbox_done on inbox (done_at) where state = 'done';
  call nidaan.isolate('inbox');

  -- Who did what (P8). Append only; sealed into a chain of hashes in commit order within about a second.
  create table audit (
    seq bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    id uuid not null,
    lab_id uuid not null,
    at timestamptz not null,
    actor_id uuid,
    actor_name text not null,
    act text not null,
    entity_id uuid not null,
    case_id uuid,
    facts jsonb not null,
    request_id text not null
  );
  create index audit_order on audit (xid, seq);
  create index audit_case on audit (lab_id, case_id, seq);
  create index audit_entity on audit (lab_id, entity_id, seq);
  call nidaan.isolate_append_only('audit');

  create table audit_seal (
    audit_seq bigint primary key,
    audit_xid xid8 not null,
    lab_id uuid not null,
    seal text not null
  );
  create index audit_seal_order on audit_seal (lab_id, audit_xid desc, audit_seq desc);
  create index audit_seal_chain on audit_seal (audit_xid, audit_seq);
  call nidaan.isolate_append_only('audit_seal');
  revoke insert on audit_seal from nidaan_app;

  grant select on outbox, audit to nidaan_platform;
  grant delete on outbox to nidaan_platform;
  grant select, insert, update on outbox_cursor to nidaan_platform;
  grant select, insert, update, delete on inbox to nidaan_platform;
  grant select, insert on audit_seal to nidaan_platform;
  create policy platform_all on outbox to nidaan_platform using (true);
  create policy platform_all on inbox to nidaan_platform using (true) with check (true);
  create policy platform_all on audit to nidaan_platform using (true);
  create policy platform_all on audit_seal to nidaan_platform using (true) with check (true);
end $$;
