-- additive: second factors with their recovery codes, passwords that must be changed, sessions ended by a new password
alter table lis_user.account
  add column must_change_password boolean not null default false,
  -- How often the password was changed: a login whose password was checked before a change opens nothing after it.
  add column password_changes int not null default 0;

alter table lis_user.session drop constraint session_end_reason;
alter table lis_user.session
  add constraint session_end_reason check (end_reason in ('logout', 'reuse', 'disabled', 'password'));

create table lis_user.second_factor (
  lab_id uuid not null,
  user_id uuid not null,
  -- The shared secret, encrypted (secret-box.ts): whoever reads the database makes no codes.
  sealed_secret text not null,
  -- Null while it is being set up; no code is asked for until then.
  confirmed_at timestamptz,
  -- Number of the 30 second step whose code was used last; no code works twice (RFC 6238 section 5.2).
  last_step bigint not null default 0,
  constraint second_factor_key primary key (lab_id, user_id),
  constraint second_factor_account foreign key (lab_id, user_id) references lis_user.account (lab_id, id)
);
call nidaan.isolate('lis_user.second_factor');

create table lis_user.recovery_code (
  lab_id uuid not null,
  user_id uuid not null,
  code_hmac text collate "C" not null,
  used_at timestamptz,
  constraint recovery_code_key primary key (lab_id, user_id, code_hmac),
  constraint recovery_code_factor foreign key (lab_id, user_id) references lis_user.second_factor (lab_id, user_id) on delete cascade
);
call nidaan.isolate('lis_user.recovery_code');
