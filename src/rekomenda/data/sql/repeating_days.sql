-- Days on which the lake may name the same listener and track more than once: those that came in
-- several parts, and those of logs with one row a play. (A part of daily totals has each pair once.)
SELECT day
FROM lake_plays
WHERE day <= $as_of
GROUP BY day
HAVING COUNT(DISTINCT part) > 1 OR COUNT(played_at) > 0
