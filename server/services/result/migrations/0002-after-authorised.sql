-- additive: an instrument's value that differs from a signed one has a fate of its own
alter table lis_result.observation
  drop constraint observation_outcome,
  add constraint observation_outcome check (outcome in ('entered', 'repeated', 'kept_beside', 'after_authorised'));
