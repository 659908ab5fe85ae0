SELECT
  i.item_index,
  g.genre_index
FROM genre_credits AS c
JOIN track_ids AS i
  ON i.track_id = c.track_id
JOIN genre_ids AS g
  ON g.genre_id = c.genre_id
ORDER BY
  i.item_index NULLS LAST,
  c.line NULLS LAST,
  c.place NULLS LAST
