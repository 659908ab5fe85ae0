SELECT
  track_id,
  title,
  released_on,
  duration_ms,
  version_of,
  cover_url,
  play_url,
  disputed
FROM (
  SELECT
    track_id,
    title,
    released_on,
    duration_ms,
    version_of,
    cover_url,
    play_url,
    MIN(artist_id) OVER (PARTITION BY track_id, part) <> MAX(artist_id) OVER (PARTITION BY track_id, part) AS disputed,
    ROW_NUMBER() OVER (PARTITION BY track_id ORDER BY part DESC, line NULLS LAST) AS _w
  FROM lake_tracks
) AS _t
WHERE
  _w = 1
