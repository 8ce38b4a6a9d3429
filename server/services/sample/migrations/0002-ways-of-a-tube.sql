-- additive: a tube's way beyond the counter: rejected, cancelled, disposed of; drawn again, poured off, stored, sent out; not drawn
alter table lis_sample.tube
  add column rejected_at timestamptz,
  add column rejected_by text,
  add column reject_reason text,
  add column reject_decision text,
  add column replaces_tube_id uuid,
  add column parent_tube_id uuid,
  -- What is in it as far as known, and how much of that its own tests take; what lies between is free for added ones.
  add column remaining_ml numeric,
  add column needs_ml numeric not null default 0,
  add column rack_code text,
  add column rack_position text,
  add column referral_lab_id uuid,
  add column manifest_id uuid,
  -- Minutes after the beginning at which a timed draw is due; null for an ordinary one.
  add column draw_minutes int,
  add column not_drawn_at timestamptz,
  add column not_drawn_reason text,
  add column rescheduled_to timestamptz,
  add column priority_rank int not null generated always as (case priority when 'stat' then 0 when 'urgent' then 1 else 2 end) stored,
  add column kept_from timestamptz generated always as (coalesce(received_at, rejected_at)) stored,
  -- A cancelled tube keeps no test, and one that was poured off may have given all of them away.
  drop constraint tube_has_lines,
  add constraint tube_lines check (cardinality(line_ids) = cardinality(test_codes)),
  add constraint tube_remaining check (remaining_ml >= 0),
  add constraint tube_rack check ((rack_code is null) = (rack_position is null)),
  drop constraint tube_status,
  add constraint tube_status check (
    case status
      when 'planned' then collected_at is null and received_at is null
      when 'cancelled' then collected_at is null and received_at is null
      when 'collected' then collected_at is not null and collected_by is not null and received_at is null
      when 'received' then collected_at is not null and received_at is not null and received_by is not null
      when 'rejected' then collected_at is not null and rejected_at is not null and rejected_by is not null and reject_reason is not null
      when 'disposed' then collected_at is not null and kept_from is not null
      else false
    end
  );
-- Waiting lists begin with what is urgent.
drop index lis_sample.tube_waiting;
create index tube_waiting on lis_sample.tube (lab_id, status, priority_rank, status_at, id);
create index tube_not_drawn on lis_sample.tube (lab_id, coalesce(rescheduled_to, not_drawn_at), id)
  where status = 'planned' and not_drawn_at is not null;
create index tube_kept on lis_sample.tube (lab_id, kept_from, id) where status in ('received', 'rejected');
create index tube_to_send on lis_sample.tube (lab_id, referral_lab_id, received_at, id)
  where status = 'received' and referral_lab_id is not null and manifest_id is null;
create index tube_of_manifest on lis_sample.tube (lab_id, manifest_id) where manifest_id is not null;
create index tube_aliquots on lis_sample.tube (lab_id, parent_tube_id) where parent_tube_id is not null;
-- One tube a position.
create unique index tube_position_key on lis_sample.tube (lab_id, rack_code, rack_position) where rack_code is not null;
