-- item_index: counted from 0 in the order of track_id
SELECT
  track_id
FROM (
  SELECT
    track_id
  FROM lake_plays
  WHERE
    day <= :as_of
  UNION
  SELECT
    track_id
  FROM known_tracks
) AS named
