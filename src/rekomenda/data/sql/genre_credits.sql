-- Of which genres each track is: all that the newest file that names it gives it, in the order of its
-- lines and, within a line, of the names that a declared separator parts.
WITH newest AS (
  SELECT
    track_id,
    genre_id,
    line
  FROM lake_tracks
  QUALIFY part = MAX(part) OVER (PARTITION BY track_id)
), named AS (
  SELECT
    n.track_id,
    COALESCE(g.id, n.genre_id) AS genre_id,
    n.line,
    COALESCE(g.place, 0) AS place
  FROM newest AS n
  LEFT JOIN apart AS g ON g.kind = 'genre' AND g.written = n.genre_id
  WHERE n.genre_id IS NOT NULL
)
SELECT
  track_id,
  genre_id,
  line,
  place
FROM named
QUALIFY ROW_NUMBER() OVER (PARTITION BY track_id, genre_id ORDER BY line, place) = 1
