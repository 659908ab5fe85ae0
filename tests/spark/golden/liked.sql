WITH newest AS (
  SELECT
    user_id,
    kind,
    id,
    until
  FROM (
    SELECT
      user_id,
      kind,
      id,
      until,
      ROW_NUMBER() OVER (PARTITION BY user_id, kind, id ORDER BY part DESC, line NULLS LAST) AS _w
    FROM lake_likes
  ) AS _t
  WHERE
    _w = 1
)
SELECT
  n.user_id,
  n.kind,
  COALESCE(t.item_index, a.artist_index, g.genre_index) AS subject_index
FROM newest AS n
LEFT JOIN track_ids AS t
  ON n.kind = 'track' AND t.track_id = n.id
LEFT JOIN artist_ids AS a
  ON n.kind = 'artist' AND a.artist_id = n.id
LEFT JOIN genre_ids AS g
  ON n.kind = 'genre' AND g.genre_id = n.id
WHERE
  (
    n.until IS NULL OR n.until >= :as_of
  )
  AND NOT COALESCE(t.item_index, a.artist_index, g.genre_index) IS NULL
ORDER BY
  n.user_id NULLS LAST,
  n.kind NULLS LAST,
  subject_index NULLS LAST
