-- additive: the index of tubes not drawn on an expression that row-level security lets be a condition, which coalesce() is not
drop index lis_sample.tube_not_drawn;
create index tube_not_drawn on lis_sample.tube (lab_id, (case when rescheduled_to is null then not_drawn_at else rescheduled_to end), id)
  where status = 'planned' and not_drawn_at is not null;
