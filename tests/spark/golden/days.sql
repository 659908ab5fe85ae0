WITH people AS (
  SELECT
    d.day,
    CAST(SUM(CASE WHEN f.bot THEN 0 ELSE 1 END) AS BIGINT) AS listeners
  FROM listener_days AS d
  LEFT JOIN flags AS f
    ON f.listener_index = d.listener_index
  GROUP BY
    d.day
), played AS (
  SELECT
    day,
    CAST(SUM(plays) AS BIGINT) AS plays,
    CAST(SUM(CASE WHEN listeners > 0 THEN 1 ELSE 0 END) AS BIGINT) AS tracks,
    CAST(SUM(bot_plays) AS BIGINT) AS bot_plays
  FROM plays_daily
  GROUP BY
    day
)
SELECT
  played.day,
  played.plays,
  people.listeners,
  played.tracks,
  played.bot_plays
FROM played
JOIN people
  ON people.day = played.day
ORDER BY
  played.day NULLS LAST
