-- additive: lines run for a calculation alone, tests that take a consent, and the index of turnaround summaries
alter table lis_order.order_line
  add column needs_consent boolean not null default false,
  drop constraint order_line_origin,
  add constraint order_line_origin check (origin in ('ordered', 'added', 'reflex', 'calculation'));

-- Signed lines by day, for the turnaround of a period (lab-day 71).
create index line_state_signed on lis_order.line_state (lab_id, finished_at)
  include (test_code, section, order_id, clock_from, promised_at)
  where finished_at is not null and stage <> 'cancelled';
