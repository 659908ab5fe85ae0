WITH everybody AS (
  SELECT
    day,
    item_index,
    CAST(SUM(plays) AS BIGINT) AS plays,
    COUNT(*) AS listeners
  FROM daily
  GROUP BY
    day,
    item_index
), bots AS (
  SELECT
    d.day,
    d.item_index,
    CAST(SUM(d.plays) AS BIGINT) AS plays,
    COUNT(*) AS listeners
  FROM daily AS d
  JOIN flags AS f
    ON f.listener_index = d.listener_index AND f.bot
  GROUP BY
    d.day,
    d.item_index
)
SELECT
  e.day,
  e.item_index,
  e.plays - COALESCE(b.plays, 0) AS plays,
  e.listeners - COALESCE(b.listeners, 0) AS listeners,
  COALESCE(b.plays, 0) AS bot_plays
FROM everybody AS e
LEFT JOIN bots AS b
  ON b.day = e.day AND b.item_index = e.item_index
ORDER BY
  e.day NULLS LAST,
  e.item_index NULLS LAST
