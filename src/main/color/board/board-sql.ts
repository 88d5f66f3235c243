import type { BoardWidget } from '../../../contract/color-board.ts'

/** What a part of the dashboard asks of the rows that a query means; `runTimes` asks the runs instead. */
export const BOARD_SQL: Readonly<
  Record<Exclude<BoardWidget, 'runTimes' | 'summary'>, (where: string, staleDays: number) => string>
> = {
  counts:
    where => `select cast(cast(date_trunc('month', day) as date) as varchar) as month, count(*) as rows, count(*) filter (is_parent) as parents,
      count(distinct cusip) as cusips from color_rows where ${where} and day is not null group by 1 order by 1`,
  share:
    where => `select cast(cast(date_trunc('month', day) as date) as varchar) as month, coalesce(bias, '') as bias, count(*) as rows
    from color_rows where ${where} and day is not null group by all order by 1, 2`,
  prices: where => `select cast(day as varchar) as day, cusip, cast(px as double) as px, cast(cov_price as double) as evaluated,
      coalesce(bias, '') as bias, source, run_number as run, is_parent as isParent
    from color_rows where ${where} and px is not null and day is not null order by day, run_number, place limit 5000`,
  dealers: where => `select source, count(*) as n, avg(cast(price_diff as double)) as mean,
      case when count(*) > 1 then stddev_samp(cast(price_diff as double)) / sqrt(count(*)) end as error,
      avg(case when price_diff > 0 then 1 else 0 end) as above
    from color_rows where ${where} and price_diff is not null and source is not null group by source order by n desc, source limit 60`,
  // What one message says of one tranche on one day stands in several runs where a day was run again: distinct, so that it counts once.
  coverToTalk: where => `with seen as (select distinct cusip, day, bias, px from color_rows
      where ${where} and px is not null and day is not null and bias in ('BWIC COVER', 'BWIC TALK')),
    pairs as (select cusip, day, avg(cast(px as double)) filter (bias = 'BWIC COVER') as cover,
      (min(cast(px as double)) filter (bias = 'BWIC TALK') + max(cast(px as double)) filter (bias = 'BWIC TALK')) / 2 as talk
      from seen group by all)
    select cast(cast(date_trunc('week', day) as date) as varchar) as week, count(*) as n, avg(cover - talk) as mean,
      quantile_cont(cover - talk, 0.1) as low, quantile_cont(cover - talk, 0.9) as high
    from pairs where cover is not null and talk is not null group by 1 order by 1`,
  dnt: where => `with lines as (select cusip, day, bool_or(bias in ('DNT', 'DNT BEST')) as failed from color_rows
      where ${where} and day is not null and bias in ('BWIC TALK', 'BWIC COVER', 'BWIC REO', 'DNT', 'DNT BEST') group by all)
    select cast(cast(date_trunc('week', day) as date) as varchar) as week, count(*) as listed, count(*) filter (failed) as notTraded
    from lines group by 1 order by 1`,
  twoWay: where => `with sides as (select cusip, day, max(cast(px as double)) filter (bias = 'BID') as bid,
      min(cast(px as double)) filter (bias = 'OFFER') as offer
      from color_rows where ${where} and px is not null and day is not null and bias in ('BID', 'OFFER') group by all)
    select cast(cast(date_trunc('week', day) as date) as varchar) as week, count(*) as n, median(offer - bid) as median,
      count(*) filter (offer < bid) as crossed from sides where bid is not null and offer is not null group by 1 order by 1`,
  volume:
    where => `select cast(cast(date_trunc('week', day) as date) as varchar) as week, coalesce(sector, '') as sector, count(*) as rows
    from color_rows where ${where} and day is not null group by all order by 1, 2`,
  stale: (
    where,
    staleDays,
  ) => `with last as (select cusip, arg_max(ticker, run_number) as ticker, arg_max(sector, run_number) as sector,
      max(day) as day, arg_max(cast(px as double), day) filter (is_parent) as px, count(*) as rows
      from color_rows where ${where} and day is not null group by cusip)
    select cusip, ticker, sector, cast(day as varchar) as last, date_diff('day', day, (select max(day) from last)) as days, px, rows
    from last where days >= ${staleDays} order by days desc, rows desc, cusip limit 500`,
}
