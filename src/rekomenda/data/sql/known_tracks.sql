-- One row for each track of the catalogue: of several files the newest names it, within a file
-- the first line. `disputed`: rows of that file give the track to different artists, who share it
-- (`credits`; accepted, counted).
SELECT
  track_id,
  title,
  released_on,
  duration_ms,
  version_of,
  cover_url,
  play_url,
  MIN(artist_id) OVER (PARTITION BY track_id, part)
    <> MAX(artist_id) OVER (PARTITION BY track_id, part) AS disputed
FROM lake_tracks
QUALIFY ROW_NUMBER() OVER (PARTITION BY track_id ORDER BY part DESC, line) = 1
