SELECT
  day,
  MIN(part) <> MAX(part) OR COUNT(played_at) > 0 AS repeating,
  COALESCE(
    MIN(CASE WHEN NOT played_at IS NULL THEN part END) <> MAX(CASE WHEN NOT played_at IS NULL THEN part END),
    FALSE
  ) AS overlapping
FROM lake_plays
WHERE
  day <= :as_of
GROUP BY
  day
