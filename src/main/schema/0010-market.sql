-- Instruments that any source ever named; the newest description wins.
create table instruments (
  id varchar not null, symbol varchar not null, name varchar not null, asset_class varchar not null, venue varchar not null,
  source varchar not null, currency varchar not null, unit varchar not null, tick_size double not null, multiplier double not null,
  calendar varchar not null, contract_month varchar, last_trade_date varchar
);

-- One row a stored series. id is the number of the journal entry that stored it, so that a replaced series has a new one.
create table series_info (
  id integer not null, name varchar not null, kind varchar not null, timeframe varchar, unit varchar not null,
  time_zone varchar not null, row_count bigint not null, from_time timestamp, to_time timestamp, source varchar not null,
  state varchar not null, imported_at timestamp, sha256 varchar, flagged bigint not null, refused bigint not null
);
comment on table series_info is 'Stored series with their extent and origin';

-- Rows lie sorted by month, series and time, and series is a number: the zone maps of DuckDB then find a symbol-day in one or
-- two row groups (docs/decisions/0008). They are no indexes and cost nothing to write.
create table bars (
  series integer not null, time timestamp not null, open double, high double, low double, close double, volume double,
  quality integer not null
);
create table points (series integer not null, time timestamp not null, value double, quality integer not null);
create table ticks (
  series integer not null, time timestamp not null, bid double, ask double, bid_size double, ask_size double, price double,
  size double, quality integer not null
);

-- Records of live sources. event_time is the venue's clock, receipt_time ours.
create table quotes (
  instrument varchar not null, bid double, ask double, bid_size double, ask_size double, event_time timestamp not null,
  receipt_time timestamp not null, seq bigint not null, source varchar not null, quality integer not null
);
create table trades (
  instrument varchar not null, price double, size double, aggressor varchar not null, event_time timestamp not null,
  receipt_time timestamp not null, seq bigint not null, source varchar not null, quality integer not null
);

-- All stored series in one view: bars have close as their value, ticks their price or the middle of bid and ask.
create view series as
  select i.name, b.time, b.open, b.high, b.low, b.close, b.volume, b.close as value, b.quality
  from bars b join series_info i on i.id = b.series
  union all
  select i.name, p.time, null, null, null, null, null, p.value, p.quality from points p join series_info i on i.id = p.series
  union all
  select i.name, t.time, null, null, null, null, t.size, coalesce(t.price, (t.bid + t.ask) / 2), t.quality
  from ticks t join series_info i on i.id = t.series;
comment on view series is 'Every row of every stored series: name, time (UTC), open, high, low, close, volume, value, quality';
