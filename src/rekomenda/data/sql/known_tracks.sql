-- One row for each track of the catalogue: of several files the newest names it, within a file
-- the first line. `disputed`: that file gives the track to more than one artist (accepted, counted).
SELECT
  track_id,
  artist_id,
  genre_id,
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
