-- Frames of a source that could not be parsed or believed, with the reason. Nothing is dropped in silence.
create table feed_refused (
  source varchar not null, receipt_time timestamp not null, reason varchar not null, raw varchar not null
);
comment on table feed_refused is 'Frames that a source sent and ingest refused, with the reason';
comment on table quotes is 'Quotes of live and demo sources as they came, with quality marks';
comment on table trades is 'Trades of live and demo sources as they came, with quality marks';
comment on table instruments is 'Instruments that a source named';
comment on table bars is 'Bars of stored series by number; the view series has their names';
comment on table points is 'Single values of stored series by number; the view series has their names';
comment on table ticks is 'Ticks of stored series by number; the view series has their names';
