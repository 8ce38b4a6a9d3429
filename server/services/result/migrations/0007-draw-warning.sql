-- additive: what the collector was warned of: a timed tube drawn out of its time
alter table lis_result.result
  add column draw_warning text;
-- Signed copies are compared with whole rows: see signed_version.
update lis_result.signed_version set signed = signed || '{"draw_warning": null}' where not signed ? 'draw_warning';
