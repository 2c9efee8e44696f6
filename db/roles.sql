-- Who may do what: the halves own their tables (DESIGN "Who owns what"), the other half reads at most, and the
-- records of what happened are INSERT-only for both. Applied after every migration; a test reads it back.

revoke all on all tables in schema public, app from vetware_edge, vetware_core, vetware_jobs;
revoke all on all functions in schema app from vetware_edge, vetware_core, vetware_jobs;
revoke create on schema public from public;
grant usage on schema public, app to vetware_edge, vetware_core, vetware_jobs;
grant execute on function app.practice_id(), app.account_id() to vetware_edge, vetware_core, vetware_lookup;
grant execute on function app.sees_bin(), app.binned_studies() to vetware_edge, vetware_core;

-- The edge owns people, keys, peers and shares.
grant select, insert, update on practice, account, session, api_key, share, invitation, mail_link to vetware_edge;
grant select, insert, update, delete on membership, dicom_peer, share_session, totp, recovery_code, passkey
  to vetware_edge;
grant select, insert, delete on passkey_challenge to vetware_edge;
grant select, insert, update, delete on sign_in_failure to vetware_edge;
grant select, insert on mail, usage, operator_access to vetware_edge;
grant insert on revocation to vetware_edge;
grant select on study, series, instance, derivative, object, scrub, scrub_fault, transfer, measurement_report,
  adoption to vetware_edge;
grant insert on event, request_log to vetware_edge;
grant select, insert on audit to vetware_edge;
grant execute on function app.find_account(text), app.find_api_key(bytea), app.find_share(bytea),
  app.find_share_session(bytea), app.find_sign_up(bytea), app.find_mail_link(bytea), app.find_invitation(bytea),
  app.find_passkey(bytea), app.own_practices(), app.operator_practices(), app.revocations(timestamptz),
  app.team_standing(), app.begin_sign_up(jsonb), app.take_sign_up(bytea), app.raise_epoch(uuid, timestamptz),
  app.take_allowance(bytea, integer, integer, timestamptz), app.tell_mail(text, text, text, timestamptz),
  app.enqueue(text, jsonb, text) to vetware_edge;

-- The core owns the archive.
grant select, insert, update, delete on object, study, series, instance, derivative to vetware_core;
grant select, insert, update on study_purge, scrub, transfer, adoption to vetware_core;
grant select, insert on scrub_fault, transfer_instance, measurement_report to vetware_core;
grant select on practice, dicom_peer to vetware_core;
grant select, insert on event to vetware_core;
grant insert on audit to vetware_core;
grant select, update on mail to vetware_core;
grant select on mail_suppression to vetware_core;
grant select, insert, delete on rpc_nonce to vetware_core;
grant select, insert, update, delete on idempotency_key, journal_progress to vetware_core;
grant execute on function app.find_dicom_peer(text, text, inet, bytea),
  app.practices_with_quiet_studies(timestamptz), app.practices_with_due_purges(timestamptz),
  app.revoke_shares_of_study(uuid, timestamptz), app.all_practices(), app.enqueue(text, jsonb, text),
  app.sweep(timestamptz, integer), app.find_adoptable(uuid, timestamptz) to vetware_core;

-- The queue takes what was asked for.
grant select, delete on app.job_request to vetware_jobs;
