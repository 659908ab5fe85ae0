-- genre_index: counted from 0 in the order of genre_id
SELECT
  genre_id
FROM (
  SELECT
    genre_id
  FROM genre_credits
  UNION
  SELECT
    genre_id
  FROM known_genres
) AS named
