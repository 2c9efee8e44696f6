-- The policy of `derivative` as a look-up by key: as `exists` the planner may read all instances of a practice once a
-- statement (a hashed subplan). Where nothing is in the bin it costs one look for the whole statement.
drop policy derivative_not_binned on derivative;
create policy derivative_not_binned on derivative as restrictive to vetware_edge, vetware_core
  using (app.sees_bin() or not exists (select from app.binned_studies())
    or (select i.study_id from instance i where i.id = derivative.instance_id) is not null);
