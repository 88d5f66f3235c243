-- Runs of the color desk. The truth is the journal; this is for questions.
create table color_runs (
  run varchar not null, run_number integer not null, kind varchar not null, day date not null, processed_at timestamp not null,
  seconds double not null, user_name varchar not null, job varchar, job_name varchar, session varchar, direction varchar not null,
  received bigint not null, quarantined bigint not null, repeats bigint not null, excluded bigint not null,
  row_count bigint not null, parents bigint not null, children bigint not null, cusips bigint not null,
  ignored_rules boolean not null, replaced_today boolean not null, is_demo boolean not null, sha256 varchar not null,
  deleted_at timestamp, deleted_by varchar
);
comment on table color_runs is 'Runs of the color desk, one row each; deleted_at is set while the output of a run is set aside';

-- Rows of a run lie together in the order of its output, and runs follow each other in time: zone maps find days and runs.
-- Rows that rules took out are here too, with the rule in excluded_by and behind all others of their run.
create table color_rows (
  run varchar not null, run_number integer not null, place integer not null, row_id varchar not null,
  message_id varchar not null, ticker varchar, sector varchar, cusip varchar not null, day date, price_level decimal(38, 12),
  bid decimal(38, 12), ask decimal(38, 12), px decimal(38, 12), source varchar, bias varchar, rank integer,
  cov_price decimal(38, 12), percent_diff decimal(38, 12), price_diff decimal(38, 12), confidence integer, received_day date,
  diff_status varchar, security_name varchar, bwic_cover varchar, asset_class varchar,
  receipt_order bigint, is_parent boolean not null, parent_row_id varchar, children_count integer not null, excluded_by varchar,
  processed_at timestamp not null, processing_type varchar not null, is_demo boolean not null
);
comment on table color_rows is 'Colors of every run, also those that a rule excluded; the view colors has what stands';

create view colors as
  select r.* exclude (excluded_by) from color_rows r
  where r.excluded_by is null and r.run in (select run from color_runs where deleted_at is null);
comment on view colors is 'Published colors of runs whose output stands: prices as decimals, parents with their count of children';

create view color_parents as
  select * from colors where is_parent
  qualify row_number() over (partition by cusip order by day desc nulls last, run_number desc, place) = 1;
comment on view color_parents is 'The latest parent of each CUSIP across all runs whose output stands';
