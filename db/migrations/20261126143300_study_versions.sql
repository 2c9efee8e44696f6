-- How many SOP instances of a study came with other bytes as well, and which practices have studies gone quiet.

alter table study add column version_count integer not null default 0;
create index instance_version on instance (practice_id, sop_instance_uid) where relation = 'version';
update study set version_count = (
  select count(distinct v.sop_instance_uid) from instance v where v.study_id = study.id and v.relation = 'version');

grant create on schema app to vetware_lookup;
create function app.practices_with_quiet_studies(before timestamptz)
returns table (practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct s.practice_id from study s
  where s.completed_at is null and s.deleted_at is null and s.last_received_at <= before
$$;
alter function app.practices_with_quiet_studies(timestamptz) owner to vetware_lookup;
revoke execute on function app.practices_with_quiet_studies(timestamptz) from public;
revoke create on schema app from vetware_lookup;
