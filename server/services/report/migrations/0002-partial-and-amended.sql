-- additive: which signed results a version printed, so that a later one can tell what was amended since
alter table lis_report.report
  -- [{resultId, authorisedAt}]; null: composed before this was kept.
  add column printed jsonb;
