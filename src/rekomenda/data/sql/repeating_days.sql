-- Days on which the lake may name the same listener and track more than once: those that came in
-- several parts, and those of logs with one row a play. (A part of daily totals has each pair once.)
-- `overlapping`: several parts are logs, so the same play may stand in more than one of them.
SELECT
  day,
  COALESCE(
    MIN(CASE WHEN played_at IS NOT NULL THEN part END)
      <> MAX(CASE WHEN played_at IS NOT NULL THEN part END),
    FALSE
  ) AS overlapping
FROM lake_plays
WHERE day <= $as_of
GROUP BY day
HAVING MIN(part) <> MAX(part) OR COUNT(played_at) > 0
