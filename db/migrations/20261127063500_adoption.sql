-- A study that came by another practice's link and was added to the records of the one that opened it: whose it is now,
-- from where, and how far the copying has come. The rows of the giving practice are named by id alone.

create table adoption (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_instance_uid text not null,
  from_practice text not null,
  asked_by uuid,
  share_id uuid not null,
  source_practice_id uuid not null,
  source_study_id uuid not null,
  source_series_ids uuid[],
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  total integer not null,
  taken integer not null default 0,
  reason text,
  created_at timestamptz not null,
  ended_at timestamptz,
  check ((ended_at is null) = (state = 'running'))
);
create index adoption_study on adoption (practice_id, study_instance_uid, created_at desc);
create unique index adoption_running on adoption (practice_id, share_id) where state = 'running';

alter table adoption enable row level security;
alter table adoption force row level security;
create policy adoption_of_practice on adoption using (practice_id = app.practice_id())
  with check (practice_id = app.practice_id());

-- What a visit may add to its own records, a row for each series of a link that shows some: the link is open, and gives
-- the right.
grant create on schema app to vetware_lookup;
create function app.find_adoptable(visit uuid, at timestamptz)
returns table (share_id uuid, practice_id uuid, study_id uuid, series_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select h.id, h.practice_id, h.study_id, shown.id
  from share_session v join share h on h.id = v.share_id left join lateral unnest(h.series_ids) as shown(id) on true
  where v.id = visit and v.expires_at > at and h.revoked_at is null and h.expires_at > at and 'adopt' = any (h.rights)
$$;
alter function app.find_adoptable(uuid, timestamptz) owner to vetware_lookup;
revoke execute on function app.find_adoptable(uuid, timestamptz) from public;
revoke create on schema app from vetware_lookup;
