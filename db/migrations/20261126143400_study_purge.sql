-- What was removed from the bin for good, and what must follow: objects to delete, and a tombstone beside the
-- archive's journal, so that a replay does not bring the study back.

create table study_purge (
  -- The id that the study had.
  id uuid primary key,
  practice_id uuid not null references practice,
  study_instance_uid text not null,
  purged_at timestamptz not null,
  -- Objects of its files and pictures, and SHA-256 of its datasets in hexadecimal.
  object_ids uuid[] not null,
  datasets text[] not null,
  -- When the objects were gone.
  finished_at timestamptz
);
create index study_purge_open on study_purge (practice_id) where finished_at is null;
alter table study_purge enable row level security;
alter table study_purge force row level security;
create policy study_purge_of_practice on study_purge
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());

create index study_purge_due on study (purge_at) where deleted_at is not null;

-- A link outlives its study, taken back, so that it can say so and its history stays readable.
alter table share drop constraint share_study_id_fkey;

grant create on schema app to vetware_lookup;
grant select on study_purge to vetware_lookup;
create policy study_purge_look_up on study_purge for select to vetware_lookup using (true);
create function app.practices_with_due_purges(at timestamptz)
returns table (practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.practice_id from study s where s.deleted_at is not null and s.purge_at <= at
  union
  select p.practice_id from study_purge p where p.finished_at is null
$$;

-- The one thing the core does to a link, which is the edge's: taking back those of a study that it removes.
grant update (revoked_at) on share to vetware_lookup;
create policy share_revocation on share for update to vetware_lookup
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());
create function app.revoke_shares_of_study(study uuid, at timestamptz)
returns table (share_id uuid)
language sql volatile security definer set search_path = public, pg_temp as $$
  update share h set revoked_at = at
  where h.practice_id = app.practice_id() and h.study_id = revoke_shares_of_study.study and h.revoked_at is null
  returning h.id
$$;
alter function app.practices_with_due_purges(timestamptz) owner to vetware_lookup;
alter function app.revoke_shares_of_study(uuid, timestamptz) owner to vetware_lookup;
revoke execute on function app.practices_with_due_purges(timestamptz),
  app.revoke_shares_of_study(uuid, timestamptz) from public;
revoke create on schema app from vetware_lookup;
