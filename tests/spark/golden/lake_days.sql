SELECT
  day,
  CAST(SUM(plays) AS BIGINT) AS plays,
  COALESCE(
    MIN(CASE WHEN NOT played_at IS NULL THEN part END) <> MAX(CASE WHEN NOT played_at IS NULL THEN part END),
    FALSE
  ) AS overlapping
FROM lake_plays
WHERE
  day <= :as_of
GROUP BY
  day
ORDER BY
  day NULLS LAST
