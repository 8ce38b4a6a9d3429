-- additive: since when an instrument is blocked, by which the bench tells values of before from values of after
-- Null for one that was blocked before this was kept: the bench has been told of it long ago.
alter table lis_equipment.instrument add column blocked_since timestamptz;
