-- What QIDO-RS (PS3.18 10.6) finds studies by beyond what was there, and the indexes for it.
alter table study
  add column referring_physician_name text,
  add column study_id text,
  -- Other ids of the animal, the microchip among them: (0010,1000) and (0010,1002).
  add column other_patient_ids text[] not null default '{}',
  -- Names folded as core/domain/searchText does it: lower case, no accents, carets as spaces.
  add column patient_name_text text not null default '',
  add column responsible_person_text text not null default '';

-- Every index begins with the practice: the policies narrow a search to it first, and a comparison that is not
-- leakproof, such as LIKE, is only ever made on the rows that they leave (so an index for infix search could not be
-- used under row-level security; the rows of one practice are few).
create index study_by_date on study (practice_id, study_date desc, id);
create index study_by_patient_id on study (practice_id, patient_id);
create index study_by_accession_number on study (practice_id, accession_number);
create index study_by_patient_name on study (practice_id, patient_name_text, id);
