-- additive: whether whoever drew the tube has asked who it is and ticked it; not known of tubes drawn before
alter table lis_sample.tube
  add column is_identity_checked boolean not null default false;
