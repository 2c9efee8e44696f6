-- Measurements that staff keep with a study. Each report is a DICOM SR in the archive, and this row what it says; the
-- newest one (by id, which grows with time) holds, and each but the first names the one whose place it takes.

create table measurement_report (
  id uuid primary key,
  practice_id uuid not null references practice,
  study_id uuid not null references study on delete cascade,
  sop_instance_uid text not null,
  series_instance_uid text not null,
  author text,
  at timestamptz not null,
  measurements jsonb not null
);
create index measurement_report_study on measurement_report (study_id, id desc);

alter table measurement_report enable row level security;
alter table measurement_report force row level security;
create policy measurement_report_of_practice on measurement_report using (practice_id = app.practice_id())
  with check (practice_id = app.practice_id());
