-- Plays and listeners of each track and day: people in `plays` and `listeners` (the charts), bots
-- in `bot_plays`; together they are all plays of the lake.
SELECT
  d.day,
  d.item_index,
  CAST(SUM(CASE WHEN f.bot THEN 0 ELSE d.plays END) AS BIGINT) AS plays,
  CAST(SUM(CASE WHEN f.bot THEN 0 ELSE 1 END) AS BIGINT) AS listeners,
  CAST(SUM(CASE WHEN f.bot THEN d.plays ELSE 0 END) AS BIGINT) AS bot_plays
FROM daily AS d
LEFT JOIN flags AS f ON f.listener_index = d.listener_index
GROUP BY d.day, d.item_index
ORDER BY d.day, d.item_index
