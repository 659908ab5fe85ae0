-- Who takes part in each track: everybody whom the newest file that names the track gives it, in the
-- order of its lines and, within a line, of the names that a declared separator parts.
WITH newest AS (
  SELECT
    track_id,
    artist_id,
    line
  FROM lake_tracks
  QUALIFY part = MAX(part) OVER (PARTITION BY track_id)
), named AS (
  SELECT
    n.track_id,
    COALESCE(a.id, n.artist_id) AS artist_id,
    n.line,
    COALESCE(a.place, 0) AS place
  FROM newest AS n
  LEFT JOIN apart AS a ON a.kind = 'artist' AND a.written = n.artist_id
)
SELECT
  track_id,
  artist_id,
  line,
  place
FROM named
QUALIFY ROW_NUMBER() OVER (PARTITION BY track_id, artist_id ORDER BY line, place) = 1
