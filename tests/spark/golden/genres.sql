SELECT
  i.genre_id,
  k.name
FROM genre_ids AS i
LEFT JOIN known_genres AS k
  ON k.genre_id = i.genre_id
ORDER BY
  i.genre_index NULLS LAST
