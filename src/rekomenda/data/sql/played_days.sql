-- Days with plays. `repeating`: the lake may name the same listener and track more than once, for the
-- day came in several parts, or in a log with one row a play. (A part of daily totals has each pair once.)
-- `overlapping`: several parts are logs, so the same play may stand in more than one of them.
SELECT
  day,
  MIN(part) <> MAX(part) OR COUNT(played_at) > 0 AS repeating,
  COALESCE(
    MIN(CASE WHEN played_at IS NOT NULL THEN part END)
      <> MAX(CASE WHEN played_at IS NOT NULL THEN part END),
    FALSE
  ) AS overlapping
FROM lake_plays
WHERE day <= $as_of
GROUP BY day
