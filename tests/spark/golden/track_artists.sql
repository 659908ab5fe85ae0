SELECT
  i.item_index,
  a.artist_index
FROM credits AS c
JOIN track_ids AS i
  ON i.track_id = c.track_id
JOIN artist_ids AS a
  ON a.artist_id = c.artist_id
ORDER BY
  i.item_index NULLS LAST,
  c.line NULLS LAST,
  c.place NULLS LAST
