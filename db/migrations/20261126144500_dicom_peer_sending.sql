-- Peers that can be sent to, and peers that prove themselves by a certificate (PL-13, PA-8).
alter table dicom_peer
  -- Where the peer listens; null for one that only sends to us.
  add column host text check (length(host) between 1 and 253),
  add column port integer check (port between 1 and 65535),
  -- Whether we reach it over TLS.
  add column tls boolean not null default false,
  -- SHA-256 of its certificate: what it must show us, and what it must show when we call it.
  add column certificate_sha256 bytea check (length(certificate_sha256) = 32),
  add constraint dicom_peer_destination check (
    (host is null) = (port is null) and (host is null or ae_title is not null) and (not tls or host is not null));

drop function app.called_ae_title_exists(text);
drop function app.find_dicom_peer(text, text, inet);
grant create on schema app to vetware_lookup;

-- The called AE title names the practice; the address, the calling AE title where one is registered, and the
-- certificate where one is registered prove that the peer is one of the practice's own. A peer with a certificate is
-- never known without it.
create function app.find_dicom_peer(called_ae_title text, calling_ae_title text, address inet, certificate bytea)
returns table (practice_id uuid, peer_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id, d.id from practice p join dicom_peer d on d.practice_id = p.id
  where p.ae_title = called_ae_title and d.address >>= find_dicom_peer.address
    and (d.ae_title is null or d.ae_title = calling_ae_title)
    and (d.certificate_sha256 is null or d.certificate_sha256 = find_dicom_peer.certificate)
  order by d.certificate_sha256 is null, d.ae_title is null, masklen(d.address) desc limit 1
$$;
alter function app.find_dicom_peer(text, text, inet, bytea) owner to vetware_lookup;
revoke execute on function app.find_dicom_peer(text, text, inet, bytea) from public;
revoke create on schema app from vetware_lookup;
