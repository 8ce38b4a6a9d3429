-- additive: the instrument a typed value was read from, whose holds bind it as if the instrument had sent it
alter table lis_result.result
  add column read_from text;
-- Signed copies are compared with whole rows: see signed_version.
update lis_result.signed_version set signed = signed || '{"read_from": null}' where not signed ? 'read_from';

-- What an instrument gave, sent or read from it: the look-back and the bracket of a failed control.
-- Trap: row security keeps coalesce() from index conditions, for the planner does not know it as leakproof; case it does.
drop index lis_result.result_of_instrument;
drop index lis_result.result_open_of_instrument;
create index result_of_instrument on lis_result.result (lab_id, (case when read_from is null then source else read_from end), analyte_code, entered_at, id)
  where source is not null;
create index result_open_of_instrument on lis_result.result (lab_id, (case when read_from is null then source else read_from end), analyte_code, order_id)
  where status in ('entered', 'verified');
