-- additive: stored files: what they are and where their bytes lie; a file is written once and never changed
create table lis_file.file (
  lab_id uuid not null,
  id uuid not null,
  -- Where the bytes lie on the shelf. Never given to a client: clients get signed links.
  key text not null,
  name text not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 text not null,
  owner_type text not null,
  owner_id uuid not null,
  case_id uuid,
  stored_at timestamptz not null,
  stored_by text not null,
  -- The lab goes first: ids are made by clients, and a lab must not learn from a refusal that another uses an id.
  constraint file_pkey primary key (lab_id, id),
  constraint file_size check (size_bytes >= 0),
  constraint file_sha256 check (sha256 ~ '^[0-9a-f]{64}$')
);
create index file_by_owner on lis_file.file (lab_id, owner_id, stored_at desc, id desc);
call nidaan.isolate_append_only('lis_file.file');
