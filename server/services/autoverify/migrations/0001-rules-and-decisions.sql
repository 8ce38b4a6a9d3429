-- additive: which tests are verified by rules, the switch that stops it, every decision, and orders that are asked again
create table lis_autoverify.lab_switch (
  lab_id uuid primary key,
  is_stopped boolean not null default false,
  stopped_at timestamptz,
  stopped_by text,
  reason text,
  -- Counts the changes of the lab's rules; a decision names it.
  revision int not null default 0,
  constraint lab_switch_stopped check (is_stopped = (stopped_at is not null and stopped_by is not null and reason is not null))
);
call nidaan.isolate('lis_autoverify.lab_switch');
revoke delete on lis_autoverify.lab_switch from nidaan_app;

create table lis_autoverify.setting (
  lab_id uuid not null,
  test_code text collate "C" not null,
  mode text not null,
  rules text[] not null,
  limits jsonb not null,
  allows_manual boolean not null,
  qc_warning_passes boolean not null,
  revision int not null,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint setting_key primary key (lab_id, test_code),
  constraint setting_mode check (mode in ('off', 'shadow', 'on')),
  constraint setting_rules check (rules @> '{complete,valid,not_critical,no_open_hold,whole_test}')
);
call nidaan.isolate('lis_autoverify.setting');
revoke delete on lis_autoverify.setting from nidaan_app;

create table lis_autoverify.setting_change (
  lab_id uuid not null,
  revision int not null,
  test_code text collate "C" not null,
  mode text not null,
  rules text[] not null,
  limits jsonb not null,
  allows_manual boolean not null,
  qc_warning_passes boolean not null,
  reason text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint setting_change_key primary key (lab_id, revision)
);
create index setting_change_of_test on lis_autoverify.setting_change (lab_id, test_code, revision desc);
call nidaan.isolate_append_only('lis_autoverify.setting_change');

-- Written before the result is verified: what crashed in between is found again.
create table lis_autoverify.decision (
  lab_id uuid not null,
  id uuid not null,
  result_id uuid not null,
  order_id uuid not null,
  test_code text collate "C" not null,
  analyte_code text not null,
  result_version int not null,
  value text,
  rule_set text not null,
  -- Of the test's own setting; the rule set is that of the lab.
  setting_revision int not null,
  mode text not null,
  outcome text not null,
  -- List of {rule, hasPassed, why}.
  rules jsonb not null,
  -- Rules that held, in their order.
  failed text[] not null,
  -- All that the rules knew: given to them again, they decide the same.
  facts jsonb not null,
  at timestamptz not null,
  -- Of all about the result.
  is_last boolean not null default true,
  -- What became of the value; null while nobody knows, or another decision about the same value counts.
  fate text,
  constraint decision_key primary key (lab_id, id),
  constraint decision_outcome check (
    case mode when 'on' then outcome in ('verified', 'passed', 'held') when 'shadow' then outcome in ('would_verify', 'held') else false end),
  constraint decision_held check ((outcome = 'held') = (cardinality(failed) > 0)),
  constraint decision_fate check (fate in ('unchanged', 'changed', 'sent_back'))
);
create unique index decision_last_key on lis_autoverify.decision (lab_id, result_id) where is_last;
create index decision_of_result on lis_autoverify.decision (lab_id, result_id, at desc, id desc);
create index decision_open on lis_autoverify.decision (lab_id, order_id) where is_last and outcome = 'passed';
create index decision_list on lis_autoverify.decision (lab_id, at desc, id desc);
create index decision_of_test on lis_autoverify.decision (lab_id, test_code, at desc, id desc);
create index decision_of_outcome on lis_autoverify.decision (lab_id, outcome, at desc, id desc);
create index decision_of_test_outcome on lis_autoverify.decision (lab_id, test_code, outcome, at desc, id desc);
call nidaan.isolate('lis_autoverify.decision');
-- What was decided, and upon what, is never changed; only what became of it is filled in.
revoke update, delete on lis_autoverify.decision from nidaan_app;
grant update (outcome, is_last, fate) on lis_autoverify.decision to nidaan_app;

-- Orders with values that are held by what may change without a new value: a control that is due, a hold of the bench.
create table lis_autoverify.waiting (
  lab_id uuid not null,
  order_id uuid not null,
  since timestamptz not null,
  next_at timestamptz not null,
  constraint waiting_key primary key (lab_id, order_id)
);
create index waiting_due on lis_autoverify.waiting (lab_id, next_at, order_id);
call nidaan.isolate('lis_autoverify.waiting');
