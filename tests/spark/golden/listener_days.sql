SELECT
  day,
  listener_index,
  CAST(SUM(plays) AS BIGINT) AS plays
FROM daily
GROUP BY
  day,
  listener_index
