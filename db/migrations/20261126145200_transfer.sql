-- Studies on their way to registered peers by C-STORE: one row a transfer, and one for each instance that is settled,
-- so that a restart sends nothing twice.

create table transfer (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_id uuid not null references study on delete cascade,
  -- A peer may be taken out while its transfers stay readable.
  peer_id uuid not null,
  peer_name text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  total integer not null,
  sent integer not null default 0,
  failed integer not null default 0,
  reason text,
  created_at timestamptz not null,
  cancel_asked_at timestamptz,
  ended_at timestamptz,
  check ((ended_at is null) = (state in ('waiting', 'running')))
);
create index transfer_study on transfer (study_id, created_at desc);
create unique index transfer_live on transfer (study_id, peer_id) where ended_at is null;

create table transfer_instance (
  practice_id uuid not null references practice,
  transfer_id uuid not null references transfer on delete cascade,
  instance_id uuid not null references instance on delete cascade,
  -- Null when the peer has it; else why not.
  reason text,
  primary key (transfer_id, instance_id)
);

do $$
declare t text;
begin
  foreach t in array array['transfer', 'transfer_instance'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (practice_id = app.practice_id())
      with check (practice_id = app.practice_id())', t || '_of_practice', t);
  end loop;
end $$;
