-- additive: accounts, roles, sessions with their refresh tokens, and the count of wrong passwords
create table lis_user.role (
  lab_id uuid not null,
  name text collate "C" not null,
  permissions text[] not null,
  version int not null default 1,
  constraint role_key primary key (lab_id, name)
);
call nidaan.isolate('lis_user.role');
revoke delete on lis_user.role from nidaan_app;

create table lis_user.account (
  lab_id uuid not null,
  id uuid not null,
  username text collate "C" not null,
  name text not null,
  -- Kept as a column: lower() is not leakproof, so under row-level security an index on lower(name) would not be searched.
  name_key text collate "C" not null generated always as (lower(name)) stored,
  roles text[] not null,
  qualification text,
  registration_number text,
  password_hash text not null,
  is_active boolean not null default true,
  version int not null default 1,
  constraint account_key primary key (lab_id, id),
  constraint account_username_key unique (lab_id, username)
);
create index account_by_name on lis_user.account (lab_id, name_key, id);
call nidaan.isolate('lis_user.account');
-- A leaver stays, disabled: the trail and old reports name them.
revoke delete on lis_user.account from nidaan_app;

create table lis_user.session (
  lab_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  started_at timestamptz not null,
  -- Moves on with each refresh.
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint session_key primary key (lab_id, id),
  constraint session_account foreign key (lab_id, user_id) references lis_user.account (lab_id, id),
  constraint session_end check ((ended_at is null) = (end_reason is null)),
  constraint session_end_reason check (end_reason in ('logout', 'reuse', 'disabled'))
);
create index session_of_user on lis_user.session (lab_id, user_id);
call nidaan.isolate('lis_user.session');

-- Every refresh token a session ever had, by the SHA-256 of its secret; the one not used is the one that counts. Used
-- ones stay as long as the session, for a used token that comes back is how a theft is seen.
create table lis_user.refresh_token (
  lab_id uuid not null,
  session_id uuid not null,
  secret_sha256 text collate "C" not null,
  used_at timestamptz,
  constraint refresh_token_key primary key (lab_id, session_id, secret_sha256),
  constraint refresh_token_session foreign key (lab_id, session_id) references lis_user.session (lab_id, id) on delete cascade
);
create unique index refresh_token_open on lis_user.refresh_token (lab_id, session_id) where used_at is null;
call nidaan.isolate('lis_user.refresh_token');

-- Wrong passwords in a row, by SHA-256 of the login name: names nobody has are counted as well, so that a lock does not
-- tell which names exist, and what people mistype there (a password, at times) is not kept.
create table lis_user.login_guard (
  lab_id uuid not null,
  login_sha256 text collate "C" not null,
  failures int not null,
  locked_until timestamptz,
  last_failed_at timestamptz not null,
  constraint login_guard_key primary key (lab_id, login_sha256)
);
create index login_guard_by_age on lis_user.login_guard (lab_id, last_failed_at);
call nidaan.isolate('lis_user.login_guard');
