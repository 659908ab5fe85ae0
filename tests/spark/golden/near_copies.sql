SELECT DISTINCT
  later.day,
  later.user_id,
  later.track_id,
  later.played_at,
  later.part
FROM lake_plays AS later
JOIN played_days AS r
  ON r.day = later.day AND r.overlapping
JOIN lake_plays AS earlier
  ON earlier.day = later.day
  AND earlier.user_id = later.user_id
  AND earlier.track_id = later.track_id
  AND earlier.part < later.part
WHERE
  (
    UNIX_SECONDS(later.played_at) - UNIX_SECONDS(earlier.played_at)
  ) <= :window
  AND (
    UNIX_SECONDS(earlier.played_at) - UNIX_SECONDS(later.played_at)
  ) <= :window
