-- The foundation: practices and their people, peers, studies, shares, and the records of what happened.
-- Every table with practice_id or account_id is under forced row-level security (PL-7); a plain role sees
-- nothing until app.practice_id or app.account_id is set for its transaction.

create schema if not exists app;

-- Look-ups that must work before the practice is known run as this role, which nobody can log in as. They
-- return ids alone; its policies below name the tables it may read.
do $$
begin
  if not exists (select from pg_roles where rolname = 'vetware_lookup') then
    create role vetware_lookup nologin;
  end if;
  execute format('grant vetware_lookup to %I', current_user);
end $$;

-- An unset setting may read as '' rather than null; nullif makes it fail closed instead of failing to cast.
create function app.practice_id() returns uuid language sql stable as
  $$ select nullif(current_setting('app.practice_id', true), '')::uuid $$;
create function app.account_id() returns uuid language sql stable as
  $$ select nullif(current_setting('app.account_id', true), '')::uuid $$;

create table practice (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  location text not null check (length(location) <= 200),
  -- The AE title that this practice's equipment calls (PS3.8 9.3.2: 16 characters).
  ae_title text not null unique check (length(ae_title) between 1 and 16),
  created_at timestamptz not null default now()
);

create table account (
  id uuid primary key,
  email text not null check (length(email) <= 254),
  name text not null check (length(name) <= 200),
  -- argon2id as a PHC string; parameters travel with the digest (PL-3).
  password_digest text not null check (password_digest like '$argon2id$%'),
  email_verified_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index account_email on account (lower(email));

create table membership (
  practice_id uuid not null references practice,
  account_id uuid not null references account,
  role text not null check (role in ('owner', 'admin', 'veterinarian', 'technician', 'front_desk')),
  created_at timestamptz not null default now(),
  primary key (practice_id, account_id)
);
create index membership_account on membership (account_id);

create table session (
  id uuid primary key,
  account_id uuid not null references account,
  practice_id uuid references practice,
  -- SHA-256 of the secret in the __Host-session cookie, and of the one it replaced (reuse detection).
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  previous_secret_hash bytea check (length(previous_secret_hash) = 32),
  rotated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_account on session (account_id);
create unique index session_previous_secret on session (previous_secret_hash);
create index session_ended on session (ended_at) where ended_at is not null;

create table api_key (
  id uuid primary key,
  practice_id uuid not null references practice,
  name text not null check (length(name) <= 100),
  product text not null check (product in ('vetpacs', 'vetai', 'keepsake', 'insights', 'account')),
  permissions text[] not null,
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_by uuid references account,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index api_key_practice on api_key (practice_id);

create table dicom_peer (
  id uuid primary key,
  practice_id uuid not null references practice,
  name text not null check (length(name) <= 100),
  -- The calling AE title; null accepts any from the address.
  ae_title text check (length(ae_title) between 1 and 16),
  address cidr not null,
  created_at timestamptz not null default now()
);
create index dicom_peer_practice on dicom_peer (practice_id);

-- A thing kept in the object store. `stored_at` is null while its bytes are still in the core's incoming folder.
create table object (
  id uuid primary key,
  practice_id uuid not null references practice,
  key text not null unique check (length(key) <= 500),
  bytes bigint not null check (bytes >= 0),
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  created_at timestamptz not null default now(),
  stored_at timestamptz
);
create index object_practice on object (practice_id);

create table study (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_instance_uid text not null check (length(study_instance_uid) <= 64),
  study_date date,
  study_time time,
  study_description text,
  accession_number text,
  -- (0010,0010) as it came, owner^animal; see PS3.5 6.2.1.
  patient_name text,
  patient_id text,
  patient_species text,
  patient_breed text,
  patient_sex text,
  patient_sex_neutered text,
  patient_birth_date date,
  responsible_person text,
  modalities text[] not null default '{}',
  series_count integer not null default 0,
  instance_count integer not null default 0,
  -- What people search in: lower case, accents folded, carets as spaces.
  search_text text not null default '',
  received_at timestamptz not null,
  last_received_at timestamptz not null,
  unique (practice_id, study_instance_uid)
);
create index study_latest on study (practice_id, last_received_at desc, id desc);

create table series (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_id uuid not null references study,
  series_instance_uid text not null check (length(series_instance_uid) <= 64),
  modality text,
  series_number integer,
  series_description text,
  body_part_examined text,
  view_position text,
  laterality text,
  instance_count integer not null default 0,
  received_at timestamptz not null,
  unique (practice_id, study_id, series_instance_uid)
);
create index series_study on series (study_id);

-- One row for each set of dataset bytes that arrived under a SOP Instance UID; the first stays current and
-- nothing is ever overwritten (PA-2). UIDs are unique in a practice, never between practices.
create table instance (
  id uuid primary key,
  practice_id uuid not null references practice,
  series_id uuid not null references series,
  study_id uuid not null references study,
  sop_instance_uid text not null check (length(sop_instance_uid) <= 64),
  sop_class_uid text not null check (length(sop_class_uid) <= 64),
  transfer_syntax_uid text not null check (length(transfer_syntax_uid) <= 64),
  dataset_sha256 bytea not null check (length(dataset_sha256) = 32),
  file_sha256 bytea not null check (length(file_sha256) = 32),
  object_id uuid not null references object,
  current boolean not null,
  instance_number integer,
  rows integer,
  columns integer,
  frames integer,
  -- InstanceDescription of core/dicom, for what has no column.
  description jsonb not null,
  -- Why the header could not be read to its end, when it could not; the bytes are whole all the same.
  fault text,
  source_kind text not null check (source_kind in ('dimse', 'upload')),
  source_id uuid,
  received_at timestamptz not null,
  derivation text not null default 'pending' check (derivation in ('pending', 'ready', 'none', 'failed')),
  derivation_fault text,
  unique (practice_id, sop_instance_uid, dataset_sha256)
);
create unique index instance_current on instance (practice_id, sop_instance_uid) where current;
create index instance_series on instance (series_id);
create index instance_study on instance (study_id);

create table derivative (
  id uuid primary key,
  practice_id uuid not null references practice,
  instance_id uuid not null references instance,
  kind text not null check (kind in ('htj2k', 'preview', 'thumbnail')),
  object_id uuid not null references object,
  -- For htj2k: offset, length and tile-part ends of each frame, and how to show the pixels.
  frames jsonb,
  pixels jsonb,
  created_at timestamptz not null default now(),
  unique (instance_id, kind)
);
create index derivative_practice on derivative (practice_id);

create table share (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_id uuid not null references study,
  -- Null shares the whole study.
  series_ids uuid[],
  token_hash bytea not null unique check (length(token_hash) = 32),
  label text not null default '' check (length(label) <= 200),
  rights text[] not null check (rights <@ array['view', 'download', 'adopt'] and 'view' = any (rights)),
  expires_at timestamptz not null,
  passcode_digest text check (passcode_digest like '$argon2id$%'),
  failed_passcodes integer not null default 0,
  max_views integer check (max_views > 0),
  views integer not null default 0,
  created_by_account uuid references account,
  created_by_api_key uuid references api_key,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index share_study on share (study_id);
create index share_practice on share (practice_id, created_at desc);

create table share_session (
  id uuid primary key,
  practice_id uuid not null references practice,
  share_id uuid not null references share,
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index share_session_share on share_session (share_id);

-- A doorbell: ids only, for one practice or one account. Read in order of (transaction_id, id) and only below
-- the oldest running transaction, so that a slow commit is never skipped by a reader's cursor.
create table event (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  practice_id uuid references practice,
  account_id uuid references account,
  kind text not null,
  subject_id uuid,
  at timestamptz not null default now(),
  check (num_nonnulls(practice_id, account_id) = 1)
);
create index event_practice on event (practice_id, transaction_id, id);
create index event_account on event (account_id, transaction_id, id);

-- Who did what to which thing. Address and user agent leave after 90 days, the rest stays (PL-11).
create table audit (
  id uuid primary key,
  practice_id uuid not null references practice,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('account', 'api_key', 'share', 'dicom_peer', 'system')),
  actor_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id uuid,
  outcome text not null default 'done',
  ip inet,
  user_agent text check (length(user_agent) <= 400)
);
create index audit_practice on audit (practice_id, at desc);
create index audit_subject on audit (subject_id, at desc);

create table request_log (
  id uuid primary key,
  at timestamptz not null default now(),
  method text not null,
  path text not null,
  status integer not null,
  milliseconds integer not null,
  ip inet,
  user_agent text check (length(user_agent) <= 400)
);
create index request_log_at on request_log (at);

create table rpc_nonce (
  nonce text primary key check (length(nonce) <= 100),
  expires_at timestamptz not null
);
create index rpc_nonce_expires on rpc_nonce (expires_at);

create table idempotency_key (
  call text not null,
  key text not null check (length(key) <= 100),
  asks_hash text not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (call, key)
);

-- How far the archive's journal has been turned into rows; moved in the transaction that writes those rows.
create table journal_progress (
  journal text primary key,
  segment integer not null,
  position bigint not null
);

create table app.job_request (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  payload jsonb not null,
  key text,
  created_at timestamptz not null default now()
);
create unique index job_request_key on app.job_request (name, key) where key is not null;

-- Row-level security.
do $$
declare t text;
begin
  foreach t in array array['membership', 'session', 'api_key', 'dicom_peer', 'object', 'study', 'series', 'instance',
    'derivative', 'share', 'share_session', 'event', 'audit', 'practice', 'account'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
  foreach t in array array['api_key', 'dicom_peer', 'object', 'study', 'series', 'instance', 'derivative', 'share',
    'share_session', 'audit'] loop
    execute format('create policy %I on %I using (practice_id = app.practice_id())
      with check (practice_id = app.practice_id())', t || '_of_practice', t);
  end loop;
end $$;

create policy practice_itself on practice using (id = app.practice_id()) with check (id = app.practice_id());
create policy account_itself on account using (id = app.account_id()) with check (id = app.account_id());
create policy account_of_practice on account for select using (
  exists (select from membership m where m.account_id = account.id and m.practice_id = app.practice_id()));
create policy membership_of_practice on membership
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());
create policy membership_of_account on membership for select using (account_id = app.account_id());
create policy session_of_account on session
  using (account_id = app.account_id()) with check (account_id = app.account_id());
create policy event_of_practice on event
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());
create policy event_of_account on event
  using (account_id = app.account_id()) with check (account_id = app.account_id());

-- What look-ups may read, and the look-ups.
grant usage on schema public, app to vetware_lookup;
grant create on schema app to vetware_lookup;
-- membership: named by a policy of account, which a look-up evaluates; it sees no row of it.
grant select on account, membership, session, api_key, practice, dicom_peer, share, share_session to vetware_lookup;
do $$
declare t text;
begin
  foreach t in array array['account', 'session', 'api_key', 'practice', 'dicom_peer', 'share', 'share_session'] loop
    execute format('create policy %I on %I for select to vetware_lookup using (true)', t || '_look_up', t);
  end loop;
end $$;

create function app.find_account(email text)
returns table (account_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id from account a where lower(a.email) = lower(find_account.email)
$$;

create function app.find_session(secret_hash bytea)
returns table (session_id uuid, account_id uuid, reused boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.account_id, s.secret_hash <> find_session.secret_hash from session s
  where s.secret_hash = find_session.secret_hash or s.previous_secret_hash = find_session.secret_hash
$$;

create function app.ended_sessions(since timestamptz)
returns table (session_id uuid, ended_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.ended_at from session s where s.ended_at >= since
$$;

create function app.find_api_key(secret_hash bytea)
returns table (api_key_id uuid, practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select k.id, k.practice_id from api_key k where k.secret_hash = find_api_key.secret_hash
$$;

create function app.find_share(token_hash bytea)
returns table (share_id uuid, practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.practice_id from share s where s.token_hash = find_share.token_hash
$$;

create function app.find_share_session(secret_hash bytea)
returns table (share_session_id uuid, share_id uuid, practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.share_id, s.practice_id from share_session s where s.secret_hash = find_share_session.secret_hash
$$;

-- The called AE title names the practice, the peer's address (and its own AE title, where one is registered)
-- proves that it is one of the practice's own (PL-13).
create function app.find_dicom_peer(called_ae_title text, calling_ae_title text, address inet)
returns table (practice_id uuid, peer_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id, d.id from practice p join dicom_peer d on d.practice_id = p.id
  where p.ae_title = called_ae_title and d.address >>= find_dicom_peer.address
    and (d.ae_title is null or d.ae_title = calling_ae_title)
  order by d.ae_title is null, masklen(d.address) desc limit 1
$$;

create function app.called_ae_title_exists(called_ae_title text)
returns table (known boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from practice p where p.ae_title = called_ae_title)
$$;

-- Asks for a job in the transaction of a use case. A key that is still waiting is not asked for twice.
create function app.enqueue(name text, payload jsonb, key text)
returns void
language sql volatile security definer set search_path = app, pg_temp as $$
  insert into app.job_request (name, payload, key) values (enqueue.name, enqueue.payload, enqueue.key)
  on conflict do nothing
$$;

do $$
declare f text;
begin
  foreach f in array array['find_account(text)', 'find_session(bytea)', 'ended_sessions(timestamptz)',
    'find_api_key(bytea)', 'find_share(bytea)', 'find_share_session(bytea)', 'find_dicom_peer(text,text,inet)',
    'called_ae_title_exists(text)'] loop
    execute format('alter function app.%s owner to vetware_lookup', f);
    execute format('revoke execute on function app.%s from public', f);
  end loop;
end $$;
revoke execute on function app.enqueue(text, jsonb, text) from public;
revoke create on schema app from vetware_lookup;
