-- What each listener played of each track after one day and up to another.
-- weight = sum over the days of damp(plays) * decay(age), both scaled integers from lookup tables, so
-- that no engine's logarithm or order of addition shows. A decay beyond the table is 0. On a heavy
-- day everything is scaled down so that the listener counts as if they had played $heavy times.
-- `last_at`: the moment of the latest play; null where only its day is known.
SELECT
  d.listener_index,
  d.item_index,
  CAST(SUM(d.plays) AS BIGINT) AS plays,
  CAST(SUM(
    CASE
      WHEN f.heavy
      THEN CAST((CAST(damp.factor * COALESCE(decay.factor, 0) AS BIGINT) * $heavy) // f.plays AS INTEGER)
      ELSE damp.factor * COALESCE(decay.factor, 0)
    END
  ) AS BIGINT) AS weight,
  MIN(d.day) AS first_day,
  MAX(d.day) AS last_day,
  CASE
    WHEN MAX(CASE WHEN d.last_at IS NOT NULL THEN d.day END) = MAX(d.day)
    THEN MAX(d.last_at)
  END AS last_at
FROM daily AS d
JOIN damp ON damp.plays = LEAST(d.plays, $max_plays)
LEFT JOIN decay ON decay.age = DATE_DIFF('day', d.day, CAST($until AS DATE))
LEFT JOIN flagged_days AS f ON f.day = d.day AND f.listener_index = d.listener_index
WHERE d.day > $after AND d.day <= $until
GROUP BY d.listener_index, d.item_index
