-- Searches that row-level security kept from an index. A condition may only meet an index together with the policies
-- when its operators are leakproof: LIKE and the overlap of arrays are not, comparisons of text are.
--
-- The beginning of a name, as a range in the order of bytes (LIKE then looks at what the range leaves).
create index study_by_patient_name_bytes on study (practice_id, patient_name_text collate "C");
drop index study_by_patient_name;
-- An animal's other ids by their places: nearly all have one or two. Animals with more are few, and listed as such.
create index study_by_other_patient_id on study (practice_id, (other_patient_ids[1]));
create index study_by_second_patient_id on study (practice_id, (other_patient_ids[2]))
  where other_patient_ids[2] is not null;
create index study_with_more_patient_ids on study (practice_id) where other_patient_ids[3] is not null;
