-- The bin of studies, when a study is complete, and how instances under one SOP Instance UID relate.
--
-- A study in the bin is hidden by the policies below, with all that hangs on it, from both halves; a transaction
-- that works on the bin says so (`db.withBin`). No query can forget to ask.

alter table study
  add column deleted_at timestamptz,
  -- When a study in the bin is removed for good.
  add column purge_at timestamptz,
  -- Since when nothing more came, after a quiet minute; null while instances arrive.
  add column completed_at timestamptz,
  add constraint study_bin_dates check ((deleted_at is null) = (purge_at is null));
create index study_bin on study (practice_id, purge_at) where deleted_at is not null;
create index study_incomplete on study (last_received_at) where completed_at is null;

-- `version`: other bytes came under the same UID. `alternate`: the same picture in another transfer syntax.
alter table instance add column relation text not null default 'current'
  check (relation in ('current', 'version', 'alternate'));
update instance set relation = 'version' where not current;
alter table instance add constraint instance_relation_current check (current = (relation = 'current'));

create function app.sees_bin() returns boolean language sql stable as
  $$ select coalesce(current_setting('app.bin', true), '') = 'seen' $$;

grant select on study to vetware_lookup;
create policy study_look_up on study for select to vetware_lookup using (true);
grant create on schema app to vetware_lookup;

-- A definer function, since the policy of `study` hides from its caller what it lists.
create function app.binned_studies()
returns table (study_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id from study s where s.practice_id = app.practice_id() and s.deleted_at is not null
$$;
alter function app.binned_studies() owner to vetware_lookup;
revoke execute on function app.binned_studies() from public;
revoke create on schema app from vetware_lookup;

-- The list of the bin is made once a statement (an uncorrelated subquery), not once a row.
create policy study_not_binned on study as restrictive to vetware_edge, vetware_core
  using (deleted_at is null or app.sees_bin());
create policy series_not_binned on series as restrictive to vetware_edge, vetware_core
  using (app.sees_bin() or study_id <> all (array(select b.study_id from app.binned_studies() b)));
create policy instance_not_binned on instance as restrictive to vetware_edge, vetware_core
  using (app.sees_bin() or study_id <> all (array(select b.study_id from app.binned_studies() b)));
create policy derivative_not_binned on derivative as restrictive to vetware_edge, vetware_core
  using (app.sees_bin() or exists (select from instance i where i.id = derivative.instance_id));
-- A link that was taken back still says so, whatever became of its study.
create policy share_not_binned on share as restrictive to vetware_edge
  using (app.sees_bin() or revoked_at is not null
    or study_id <> all (array(select b.study_id from app.binned_studies() b)));
