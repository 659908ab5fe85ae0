-- Plays of each day as they lie in the lake, counted without joining them: what a release is held against.
-- `overlapping`: several parts are logs, so the same play may stand in more than one of them.
SELECT
  day,
  CAST(SUM(plays) AS BIGINT) AS plays,
  COALESCE(
    MIN(CASE WHEN played_at IS NOT NULL THEN part END)
      <> MAX(CASE WHEN played_at IS NOT NULL THEN part END),
    FALSE
  ) AS overlapping
FROM lake_plays
WHERE day <= $as_of
GROUP BY day
ORDER BY day
