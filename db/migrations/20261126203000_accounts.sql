-- Accounts, invitations, second factors, sessions that can be revoked everywhere, mail, limits and usage.
--
-- What must be written before or beside any practice (a sign-up, a raised epoch, a provider's word on a mail, what is
-- swept after its time) is done by functions with one purpose each. They run as vetware_keeper, which nobody can log
-- in as; its policies below name the tables it may touch. They ask for current_user, since the owner of the schema is a
-- member of that role and is to stay under the policies like everyone.

alter table practice add column epoch integer not null default 0;

alter table account
  -- Tokens say the epoch they were signed at; a password, role or membership that changes raises it (PL-4).
  add column epoch integer not null default 0,
  -- An operator is no person of a practice and never a member of one (PL-19).
  add column kind text not null default 'person' check (kind in ('person', 'operator')),
  -- What the person said they do; rights come from the membership alone.
  add column occupation text check (occupation in ('owner', 'admin', 'veterinarian', 'technician', 'front_desk'));

alter table session
  add column ip inet,
  add column user_agent text check (length(user_agent) <= 400),
  -- When the person last proved who they are; dangerous acts ask for a recent proof.
  add column proved_at timestamptz not null default now();

alter table api_key add column last_used_at timestamptz;

-- Someone who has asked for an account and not yet proved the address. The ids are those the rows will have.
create table sign_up (
  id uuid primary key,
  new_practice_id uuid,
  email text not null check (length(email) <= 254),
  name text not null check (length(name) <= 200),
  occupation text not null,
  practice_name text check (length(practice_name) between 1 and 200),
  practice_location text check (length(practice_location) <= 200),
  password_digest text not null check (password_digest like '$argon2id$%'),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((new_practice_id is null) = (practice_name is null))
);
create index sign_up_email on sign_up (lower(email));

-- A link out of a mail that proves an address: for a new password, or for a change of address from both sides.
create table mail_link (
  id uuid primary key,
  account_id uuid not null references account,
  purpose text not null check (purpose in ('reset', 'change-old', 'change-new')),
  email text not null check (length(email) <= 254),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  voided_at timestamptz
);
create index mail_link_account on mail_link (account_id);

create table invitation (
  id uuid primary key,
  practice_id uuid not null references practice,
  email text not null check (length(email) <= 254),
  role text not null check (role in ('owner', 'admin', 'veterinarian', 'technician', 'front_desk')),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  invited_by uuid references account,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz
);
create index invitation_practice on invitation (practice_id);
create unique index invitation_open on invitation (practice_id, lower(email))
  where accepted_at is null and revoked_at is null;

create table totp (
  account_id uuid primary key references account,
  -- The secret under the platform's sealing key (PL-14).
  sealed text not null check (length(sealed) <= 2000),
  confirmed_at timestamptz,
  -- The last 30-second step whose code was taken; a code serves once.
  last_step bigint not null default 0,
  created_at timestamptz not null
);

create table recovery_code (
  id uuid primary key,
  account_id uuid not null references account,
  code_hash bytea not null check (length(code_hash) = 32),
  used_at timestamptz
);
create index recovery_code_account on recovery_code (account_id);

create table passkey (
  id uuid primary key,
  account_id uuid not null references account,
  credential_id bytea not null unique,
  public_key bytea not null,
  counter bigint not null default 0,
  transports text[] not null default '{}',
  name text not null check (length(name) <= 100),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_account on passkey (account_id);

-- Challenges that were handed out and not yet answered; each is taken once.
create table passkey_challenge (
  challenge_hash bytea primary key check (length(challenge_hash) = 32),
  expires_at timestamptz not null
);

-- What died while tokens of it still live: a session, or everything of an account or practice below an epoch. Edges
-- read what is new every two seconds. Rows go after an hour, when no token from before can be left.
create table revocation (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  session_id uuid,
  account_id uuid,
  practice_id uuid,
  epoch integer,
  check (session_id is not null or epoch is not null),
  check (num_nonnulls(account_id, practice_id) = 1)
);
create index revocation_at on revocation (at);

-- Transactional mail. What it says is sealed, and gone once it was handed over.
create table mail (
  id uuid primary key,
  practice_id uuid references practice,
  account_id uuid,
  kind text not null check (length(kind) <= 40),
  recipient text not null check (length(recipient) <= 254),
  sealed text,
  subject_id uuid,
  state text not null default 'waiting'
    check (state in ('waiting', 'sent', 'delivered', 'bounced', 'complained', 'suppressed', 'failed')),
  fault text check (length(fault) <= 500),
  provider_id text unique,
  created_at timestamptz not null,
  sent_at timestamptz,
  check (num_nonnulls(practice_id, account_id) = 1)
);
create index mail_practice on mail (practice_id, created_at desc);
create index mail_account on mail (account_id);
create index mail_subject on mail (subject_id);
create index mail_created on mail (created_at);

-- Addresses that bounced for good or complained, by the SHA-256 of the address in lower case.
create table mail_suppression (
  address_hash bytea primary key check (length(address_hash) = 32),
  reason text not null check (reason in ('bounced', 'complained')),
  at timestamptz not null
);

-- How much a sender or an address has used of an allowance (GCRA: `full_at` is when its bucket is full again).
-- Senders are kept as hashes. Lost in a crash, which only ever grants more.
create unlogged table allowance (
  key_hash bytea primary key check (length(key_hash) = 32),
  full_at timestamptz not null
);
create index allowance_full on allowance (full_at);

-- Failures to sign in since the last success, by the hash of address and sender.
create table sign_in_failure (
  key_hash bytea primary key check (length(key_hash) = 32),
  failures integer not null,
  last_at timestamptz not null
);

-- How often a feature was used; rows are added and summed, never changed (PL-12).
create table usage (
  id uuid primary key,
  practice_id uuid not null references practice,
  day date not null,
  feature text not null check (length(feature) <= 60),
  count integer not null check (count > 0)
);
create index usage_practice on usage (practice_id, day);

-- An operator's look at a practice: why, and until when (PL-19).
create table operator_access (
  id uuid primary key,
  practice_id uuid not null references practice,
  operator_id uuid not null,
  reason text not null check (length(reason) between 1 and 500),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index operator_access_practice on operator_access (practice_id);

alter table audit add column reason text check (length(reason) <= 500);
alter table audit drop constraint audit_actor_kind_check;
alter table audit add constraint audit_actor_kind_check
  check (actor_kind in ('account', 'api_key', 'share', 'dicom_peer', 'system', 'operator'));

alter table share
  add column recipient_kind text check (recipient_kind in ('client', 'clinic')),
  add column recipient_email text check (length(recipient_email) <= 254),
  add column tell_first_opening boolean not null default false,
  add constraint share_recipient check ((recipient_kind is null) = (recipient_email is null));

-- Row-level security.
do $$
declare t text;
begin
  foreach t in array array['mail_link', 'invitation', 'totp', 'recovery_code', 'passkey', 'revocation', 'mail', 'usage',
    'operator_access'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
  foreach t in array array['invitation', 'usage', 'operator_access'] loop
    execute format('create policy %I on %I using (practice_id = app.practice_id())
      with check (practice_id = app.practice_id())', t || '_of_practice', t);
  end loop;
  foreach t in array array['mail_link', 'totp', 'recovery_code', 'passkey'] loop
    execute format('create policy %I on %I using (account_id = app.account_id())
      with check (account_id = app.account_id())', t || '_of_account', t);
  end loop;
end $$;
create policy revocation_of_practice on revocation
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());
create policy revocation_of_account on revocation
  using (account_id = app.account_id()) with check (account_id = app.account_id());
create policy mail_of_practice on mail
  using (practice_id = app.practice_id()) with check (practice_id = app.practice_id());
create policy mail_of_account on mail
  using (account_id = app.account_id()) with check (account_id = app.account_id());

-- Look-ups: ids alone, before the practice or account is known.
grant select on mail_link, invitation, totp, passkey, sign_up, revocation, mail to vetware_lookup;
do $$
declare t text;
begin
  foreach t in array array['mail_link', 'invitation', 'totp', 'passkey', 'revocation', 'mail', 'membership'] loop
    execute format('create policy %I on %I for select to vetware_lookup
      using (current_user = ''vetware_lookup'')', t || '_look_up', t);
  end loop;
end $$;

grant create on schema app to vetware_lookup, vetware_keeper;
grant usage on schema public, app to vetware_keeper;

create function app.find_sign_up(secret_hash bytea)
returns table (account_id uuid, practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.new_practice_id from sign_up s where s.secret_hash = find_sign_up.secret_hash
$$;

create function app.find_mail_link(secret_hash bytea)
returns table (mail_link_id uuid, account_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.id, l.account_id from mail_link l where l.secret_hash = find_mail_link.secret_hash
$$;

create function app.find_invitation(secret_hash bytea)
returns table (invitation_id uuid, practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select i.id, i.practice_id from invitation i where i.secret_hash = find_invitation.secret_hash
$$;

create function app.find_passkey(credential_id bytea)
returns table (passkey_id uuid, account_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id, p.account_id from passkey p where p.credential_id = find_passkey.credential_id
$$;

-- The practices of the acting account, whatever practice is acted for.
create function app.own_practices()
returns table (practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.practice_id from membership m where m.account_id = app.account_id()
$$;
create policy practice_of_member on practice for select to vetware_edge
  using (id in (select o.practice_id from app.own_practices() o));

create function app.revocations(since timestamptz)
returns table (session_id uuid, account_id uuid, practice_id uuid, epoch integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.session_id, r.account_id, r.practice_id, r.epoch from revocation r where r.at >= since
$$;

-- Of the acting practice's members: who has a second factor, and when they were last there.
create function app.team_standing()
returns table (account_id uuid, has_second_factor boolean, last_seen_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.account_id,
    exists (select from totp t where t.account_id = m.account_id and t.confirmed_at is not null)
      or exists (select from passkey p where p.account_id = m.account_id),
    (select max(s.last_seen_at) from session s
      where s.account_id = m.account_id and s.practice_id = m.practice_id)
  from membership m where m.practice_id = app.practice_id()
$$;

-- Every practice, for an operator alone.
create function app.operator_practices()
returns table (practice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id from practice p
  where exists (select from account a where a.id = app.account_id() and a.kind = 'operator')
  order by p.created_at, p.id
$$;
create policy practice_of_operator on practice for select to vetware_edge
  using (id in (select o.practice_id from app.operator_practices() o));

-- What the keeper may touch.
grant select, update on account, session, audit, mail to vetware_keeper;
grant select, insert, delete on revocation, sign_up to vetware_keeper;
grant select, insert, update, delete on mail_suppression to vetware_keeper;
grant select, insert, update, delete on allowance, sign_in_failure to vetware_keeper;
grant select, delete on passkey_challenge, mail_link, mail, session, request_log, share_session, operator_access
  to vetware_keeper;
grant select on membership to vetware_keeper;
do $$
declare t text;
begin
  foreach t in array array['account', 'session', 'audit', 'mail', 'revocation', 'mail_link', 'membership',
    'share_session', 'operator_access'] loop
    execute format('create policy %I on %I to vetware_keeper using (current_user = ''vetware_keeper'')
      with check (current_user = ''vetware_keeper'')', t || '_kept', t);
  end loop;
end $$;

-- Keeps a sign-up; an earlier one of the same address is void.
create function app.begin_sign_up(sign_up jsonb)
returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  delete from sign_up s where lower(s.email) = lower(begin_sign_up.sign_up ->> 'email');
  insert into sign_up (id, new_practice_id, email, name, occupation, practice_name, practice_location,
    password_digest, secret_hash, created_at, expires_at)
  select r.id, r.new_practice_id, r.email, r.name, r.occupation, r.practice_name, r.practice_location,
    r.password_digest, r.secret_hash, r.created_at, r.expires_at
  from jsonb_populate_record(null::sign_up, begin_sign_up.sign_up) r;
$$;

-- Takes a sign-up out, once; only whoever brings its secret sees it.
create function app.take_sign_up(secret_hash bytea)
returns setof sign_up
language sql volatile security definer set search_path = public, pg_temp as $$
  delete from sign_up s where s.secret_hash = take_sign_up.secret_hash returning s.*
$$;

-- Ends all tokens of an account: its own, or that of a member of the acting practice.
create function app.raise_epoch(of_account uuid, at timestamptz)
returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare raised integer;
begin
  update account a set epoch = a.epoch + 1
  where a.id = of_account and (a.id = app.account_id() or exists (
    select from membership m where m.account_id = a.id and m.practice_id = app.practice_id()))
  returning a.epoch into raised;
  if raised is not null then
    insert into revocation (at, account_id, epoch) values (raise_epoch.at, of_account, raised);
  end if;
  return raised;
end $$;

-- One from an allowance of `burst`, refilled each `every_ms`: milliseconds to wait, 0 when there was one (GCRA).
create function app.take_allowance(key_hash bytea, burst integer, every_ms integer, at timestamptz)
returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  each interval := make_interval(secs => every_ms / 1000.0);
  full_then timestamptz;
begin
  insert into allowance as a (key_hash, full_at) values (take_allowance.key_hash, at + each)
  on conflict on constraint allowance_pkey do update set full_at = greatest(a.full_at, at) + each
    where greatest(a.full_at, at) + each <= at + burst * each;
  if found then return 0; end if;
  select a.full_at into full_then from allowance a where a.key_hash = take_allowance.key_hash;
  return greatest(1, ceil(extract(epoch from full_then + each - burst * each - at) * 1000))::integer;
end $$;

-- What the mail provider says of a mail. A bounce or complaint suppresses the address.
create function app.tell_mail(told_provider_id text, told_state text, told_fault text, at timestamptz)
returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare told mail;
begin
  update mail m set state = told_state, fault = left(told_fault, 500)
  where m.provider_id = told_provider_id
    and (m.state in ('waiting', 'sent') or (m.state = 'delivered' and told_state in ('bounced', 'complained')))
  returning m.* into told;
  if told.id is null then return false; end if;
  if told_state in ('bounced', 'complained') then
    insert into mail_suppression (address_hash, reason, at)
    values (sha256(convert_to(lower(told.recipient), 'UTF8')), told_state, tell_mail.at)
    on conflict do nothing;
  end if;
  return true;
end $$;

-- What is over (PL-11): at most `most` rows of each kind; says how many it touched, 0 when nothing is left.
create function app.sweep(at timestamptz, most integer)
returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  old timestamptz := at - interval '90 days';
  touched integer := 0;
  n integer;
begin
  update audit set ip = null, user_agent = null where ctid = any (array(
    select a.ctid from audit a where a.at < old and (a.ip is not null or a.user_agent is not null) limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from request_log where ctid = any (array(select r.ctid from request_log r where r.at < old limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from session where ctid = any (array(
    select s.ctid from session s where coalesce(s.ended_at, s.expires_at) < old limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from mail where ctid = any (array(select m.ctid from mail m where m.created_at < old limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from share_session where ctid = any (array(
    select s.ctid from share_session s where s.expires_at < old limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from revocation where ctid = any (array(
    select r.ctid from revocation r where r.at < sweep.at - interval '1 hour' limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from sign_up where ctid = any (array(select s.ctid from sign_up s where s.expires_at < sweep.at limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from mail_link where ctid = any (array(
    select l.ctid from mail_link l where l.expires_at < sweep.at - interval '7 days' limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from passkey_challenge where ctid = any (array(
    select c.ctid from passkey_challenge c where c.expires_at < sweep.at limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from allowance where ctid = any (array(
    select a.ctid from allowance a where a.full_at < sweep.at limit most));
  get diagnostics n = row_count; touched := touched + n;
  delete from sign_in_failure where ctid = any (array(
    select f.ctid from sign_in_failure f where f.last_at < sweep.at - interval '1 day' limit most));
  get diagnostics n = row_count; touched := touched + n;
  return touched;
end $$;
grant select, delete on request_log to vetware_keeper;
create index audit_newest on audit (practice_id, id desc);
create index audit_address on audit (at) where ip is not null or user_agent is not null;

do $$
declare f text;
begin
  foreach f in array array['find_sign_up(bytea)', 'find_mail_link(bytea)', 'find_invitation(bytea)',
    'find_passkey(bytea)', 'own_practices()', 'revocations(timestamptz)', 'team_standing()', 'operator_practices()']
  loop
    execute format('alter function app.%s owner to vetware_lookup', f);
    execute format('revoke execute on function app.%s from public', f);
  end loop;
  foreach f in array array['begin_sign_up(jsonb)', 'take_sign_up(bytea)', 'raise_epoch(uuid, timestamptz)',
    'take_allowance(bytea, integer, integer, timestamptz)', 'tell_mail(text, text, text, timestamptz)',
    'sweep(timestamptz, integer)'] loop
    execute format('alter function app.%s owner to vetware_keeper', f);
    execute format('revoke execute on function app.%s from public', f);
  end loop;
end $$;
revoke create on schema app from vetware_lookup, vetware_keeper;

-- Nobody asks for these any more: what ended is told by app.revocations, and a cookie names its session itself.
drop function app.ended_sessions(timestamptz);
drop function app.find_session(bytea);
drop index session_ended;
grant execute on function app.practice_id(), app.account_id() to vetware_keeper;
