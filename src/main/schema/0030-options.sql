-- Chains of options as they were at kept moments. A moment is listed once all its rows are there, so chain_moments is written last.
create table chain_moments (
  id varchar not null, underlying varchar not null, time timestamp not null, why varchar not null, contracts integer not null,
  spot double, source varchar not null, header varchar not null
);
-- Rows of a moment lie together, so the zone maps find it in one or two row groups; ids begin with the instant for their sake.
create table chain_quotes (
  moment varchar not null, expiry date not null, strike double not null, side tinyint not null, bid double, ask double,
  bid_size double, ask_size double, last double, volume double, open_interest double, quote_time timestamp
);
create table chain_expiries (
  moment varchar not null, underlying varchar not null, time timestamp not null, expiry date not null, forward double,
  atm_vol double, risk_reversal_25 double, butterfly_25 double
);
comment on table chain_moments is 'Kept moments of option chains: which underlying, when and why';
comment on table chain_quotes is 'Quotes of every contract at a kept moment; side is 1 for a call, -1 for a put';
comment on table chain_expiries is 'What the smile of each expiry said at a kept moment: forward and volatilities as fractions';
