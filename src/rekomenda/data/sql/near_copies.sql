-- Plays that a log loaded earlier holds too, at most $window seconds before or after, of the same listener and
-- track: the same listening as another program told it. Plays of one log are never compared with each
-- other, so that a short track played twice in a row stays two plays.
SELECT DISTINCT
  later.day,
  later.user_id,
  later.track_id,
  later.played_at,
  later.part
FROM lake_plays AS later
JOIN played_days AS r ON r.day = later.day AND r.overlapping
JOIN lake_plays AS earlier
  ON earlier.day = later.day
  AND earlier.user_id = later.user_id
  AND earlier.track_id = later.track_id
  AND earlier.part < later.part
WHERE DATE_DIFF('second', earlier.played_at, later.played_at) <= $window
  AND DATE_DIFF('second', later.played_at, earlier.played_at) <= $window
