-- additive: worklists by test, instrument, hold, flag, promise and age; interim cultures; a person's values over the years
alter table lis_result.result
  -- When the test is due, as promised at the desk; null for what was ordered before the bench was told.
  add column promised_at timestamptz;
-- Signed copies are compared with whole rows: see signed_version.
update lis_result.signed_version set signed = signed || '{"promised_at": null}' where not signed ? 'promised_at';

-- What is not signed is little beside what is: these stay small however old the lab grows. What is held or flagged among
-- entered values is found by reading these: there are never so many that an index of its own would pay.
create index result_worklist_of_test on lis_result.result (lab_id, test_code, status, priority_rank, came_at, order_id, position)
  where status in ('expected', 'awaiting', 'entered', 'verified');
create index result_worklist_of_source on lis_result.result (lab_id, source, status, priority_rank, came_at, order_id, position)
  where source is not null and status in ('entered', 'verified');
-- Cultures to go on with, those signed as interim among them.
create index result_interim on lis_result.result (lab_id, status, priority_rank, came_at, order_id, position)
  where detail ->> 'stage' = 'preliminary';
-- Trap: under row level security no condition on coalesce() is read from an index; one on case is.
create index result_promised on lis_result.result (lab_id, status, (case when promised_at is null then placed_at else promised_at end), order_id, position)
  where status in ('expected', 'awaiting', 'entered', 'verified');
create index result_promised_of_section on lis_result.result (lab_id, section, status, (case when promised_at is null then placed_at else promised_at end), order_id, position)
  where status in ('expected', 'awaiting', 'entered', 'verified');
create index result_left_over on lis_result.result (lab_id, came_at, order_id, position)
  where status in ('awaiting', 'entered', 'verified');
create index result_left_over_of_section on lis_result.result (lab_id, section, came_at, order_id, position)
  where status in ('awaiting', 'entered', 'verified');
-- The cumulative table of a person: the newest draws first.
create index result_history on lis_result.result (lab_id, patient_id, collected_at desc, order_id desc, (coalesce(draw, '')) desc)
  where status = 'authorised';
