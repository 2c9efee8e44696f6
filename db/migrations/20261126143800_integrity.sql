-- Reports of the integrity scrub: every stored object of a practice is read again and hashed, in many small steps.

create table scrub (
  id uuid primary key,
  practice_id uuid not null references practice,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- Objects and bytes read so far, and the last object of them.
  checked bigint not null default 0,
  bytes bigint not null default 0,
  after uuid
);
create index scrub_practice on scrub (practice_id, started_at desc);

-- An object that is gone or not as it was stored, with the instance it belongs to. Ids outlive what they name.
create table scrub_fault (
  id uuid primary key,
  practice_id uuid not null references practice,
  scrub_id uuid not null references scrub,
  instance_id uuid not null,
  object_id uuid not null,
  fault text not null check (fault in ('missing', 'damaged')),
  -- `original` cannot be made again; a `picture` is.
  what text not null check (what in ('original', 'picture')),
  unique (scrub_id, object_id)
);

do $$
declare t text;
begin
  foreach t in array array['scrub', 'scrub_fault'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (practice_id = app.practice_id())
      with check (practice_id = app.practice_id())', t || '_of_practice', t);
  end loop;
end $$;

grant create on schema app to vetware_lookup;
create function app.all_practices()
returns table (practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id from practice p
$$;
alter function app.all_practices() owner to vetware_lookup;
revoke execute on function app.all_practices() from public;
revoke create on schema app from vetware_lookup;
