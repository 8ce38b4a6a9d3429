-- additive: texts of a coded, text or culture result that somebody must be told of at once
alter table lis_order.range_band
  add column critical_texts text[] not null default '{}';
