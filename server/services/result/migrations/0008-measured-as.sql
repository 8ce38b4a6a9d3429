-- additive: what instruments report under another code, so that a control of that code finds it: timed glucose with GLU
-- Beside result_of_instrument and result_open_of_instrument: one condition on two columns is read from no index.
create index result_of_instrument_measured_as on lis_result.result (lab_id, (case when read_from is null then source else read_from end), measured_as, entered_at, id)
  where source is not null and measured_as is not null;
create index result_open_of_instrument_measured_as on lis_result.result (lab_id, (case when read_from is null then source else read_from end), measured_as, order_id)
  where status in ('entered', 'verified') and measured_as is not null;
