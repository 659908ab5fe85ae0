-- Plays of each listener, track and day, numbered: from here on no id is text.
-- Every play up to the as-of day is in here once, whether the catalogue knows its track or not, and
-- however many logs hold it: `played_at` is there where it tells the same play from another.
-- Only the days that need it are added up, and only they are kept twice on the way.
-- `last_at`: when the last of these plays was; null where the moment of one of them is not known.
WITH numbered AS (
  SELECT
    p.day,
    l.listener_index,
    t.item_index,
    p.plays,
    p.played_at AS moment,
    CASE WHEN r.overlapping THEN p.played_at END AS played_at
  FROM lake_plays AS p
  JOIN played_days AS r ON r.day = p.day
  JOIN listener_ids AS l ON l.user_id = p.user_id
  JOIN track_ids AS t ON t.track_id = p.track_id
  LEFT JOIN near_copies AS c
    ON c.day = p.day
    AND c.user_id = p.user_id
    AND c.track_id = p.track_id
    AND c.played_at = p.played_at
    AND c.part = p.part
  WHERE p.day <= $as_of AND r.repeating AND c.day IS NULL
), counted AS (
  SELECT day, listener_index, item_index, plays, moment
  FROM numbered
  WHERE played_at IS NULL
  UNION ALL
  SELECT day, listener_index, item_index, plays, played_at AS moment
  FROM numbered
  WHERE played_at IS NOT NULL
  GROUP BY day, listener_index, item_index, played_at, plays
)
SELECT
  p.day,
  l.listener_index,
  t.item_index,
  p.plays,
  p.played_at AS last_at
FROM lake_plays AS p
JOIN played_days AS r ON r.day = p.day
JOIN listener_ids AS l ON l.user_id = p.user_id
JOIN track_ids AS t ON t.track_id = p.track_id
WHERE p.day <= $as_of AND NOT r.repeating
UNION ALL
SELECT
  day,
  listener_index,
  item_index,
  CAST(SUM(plays) AS BIGINT) AS plays,
  CASE WHEN COUNT(moment) = COUNT(*) THEN MAX(moment) END AS last_at
FROM counted
GROUP BY day, listener_index, item_index
