-- Who says they like which track, artist or genre, as far as the plays or the catalogue know it. A
-- newer file that names the same like replaces it, so a like is taken back by sending it again with a
-- day that has passed.
WITH newest AS (
  SELECT
    user_id,
    kind,
    id,
    until
  FROM lake_likes
  QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, kind, id ORDER BY part DESC, line) = 1
)
SELECT
  n.user_id,
  n.kind,
  COALESCE(t.item_index, a.artist_index, g.genre_index) AS subject_index
FROM newest AS n
LEFT JOIN track_ids AS t ON n.kind = 'track' AND t.track_id = n.id
LEFT JOIN artist_ids AS a ON n.kind = 'artist' AND a.artist_id = n.id
LEFT JOIN genre_ids AS g ON n.kind = 'genre' AND g.genre_id = n.id
WHERE (n.until IS NULL OR n.until >= $as_of)
  AND COALESCE(t.item_index, a.artist_index, g.genre_index) IS NOT NULL
ORDER BY n.user_id, n.kind, subject_index
