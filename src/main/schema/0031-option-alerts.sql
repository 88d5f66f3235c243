-- What the detectors raised, for analysis; the truth, with the cards, stands in the journal and refills this.
create table option_alerts (
  id varchar not null, underlying varchar not null, expiry date, strike double, side varchar, detector varchar not null,
  kind varchar not null, rule varchar not null, direction varchar not null, severity varchar not null,
  started_at timestamp not null, raised_at timestamp not null, value double not null, baseline double not null,
  threshold double not null, unit varchar not null, sample_size integer not null, edge double, edge_vol double,
  findings integer not null, is_late tinyint not null, is_demo tinyint not null, latency_seconds double, snapshot varchar
);
comment on table option_alerts is 'Alerts about option chains, one row each, as they were raised';

-- What became of them: closed, marked true or false or neither, snoozed or woken.
create table option_alert_events (
  id varchar not null, time timestamp not null, event varchar not null, value varchar, user_name varchar not null
);
comment on table option_alert_events is 'Marks, snoozes and ends of alerts, in order';
