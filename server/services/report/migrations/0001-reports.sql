-- additive: report versions: what was printed, word for word, with its check code and the file it became
create table lis_report.report (
  id uuid primary key,
  lab_id uuid not null,
  order_id uuid not null,
  patient_id uuid not null,
  number text not null,
  version int not null,
  status text not null,
  -- SHA-256 over the results (id and version) this version was composed from: the same results make no second version.
  basis text not null,
  -- What the paper says, as rendering/report-content.ts has it. The PDF is made from this and nothing else.
  content jsonb not null,
  check_code text not null,
  -- Chosen before the PDF is made, so that a job that runs twice makes one file.
  file_id uuid not null,
  sha256 text,
  size_bytes bigint,
  signed_by text not null,
  composed_at timestamptz not null,
  released_at timestamptz,
  -- Code of the last failure to make the PDF.
  failure text,
  constraint report_version_key unique (lab_id, order_id, version),
  constraint report_check_code_key unique (check_code),
  constraint report_status check (status in ('making', 'failed', 'released', 'superseded')),
  constraint report_released check (status <> 'released' or (released_at is not null and sha256 is not null and size_bytes is not null))
);
-- Of one order at most one version is not superseded.
create unique index report_current on lis_report.report (lab_id, order_id) where status <> 'superseded';
call nidaan.isolate('lis_report.report');
-- What a version says never changes (P3); only its way to release does.
revoke update, delete on lis_report.report from nidaan_app;
grant update (status, sha256, size_bytes, released_at, failure) on lis_report.report to nidaan_app;

-- Whoever holds the paper is signed in to no lab. This tells which report carries an exact code and nothing of it.
create policy by_check_code on lis_report.report for select to nidaan_platform using (true);
grant select (id, lab_id, check_code) on lis_report.report to nidaan_platform;
create function lis_report.report_of_check_code(wanted text) returns table (lab_id uuid, id uuid)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select r.lab_id, r.id
    from lis_report.report as r
    where r.check_code = wanted;
  end;
alter function lis_report.report_of_check_code(text) owner to nidaan_platform;
revoke execute on function lis_report.report_of_check_code(text) from public;
grant execute on function lis_report.report_of_check_code(text) to nidaan_app;
