SELECT
  track_id,
  genre_id,
  line,
  place
FROM (
  WITH newest AS (
    SELECT
      track_id,
      genre_id,
      line
    FROM (
      SELECT
        track_id,
        genre_id,
        line,
        part,
        MAX(part) OVER (PARTITION BY track_id) AS _w
      FROM lake_tracks
    ) AS _t
    WHERE
      part = _w
  ), named AS (
    SELECT
      n.track_id,
      COALESCE(g.id, n.genre_id) AS genre_id,
      n.line,
      COALESCE(g.place, 0) AS place
    FROM newest AS n
    LEFT JOIN apart AS g
      ON g.kind = 'genre' AND g.written = n.genre_id
    WHERE
      NOT n.genre_id IS NULL
  )
  SELECT
    track_id,
    genre_id,
    line,
    place,
    ROW_NUMBER() OVER (PARTITION BY track_id, genre_id ORDER BY line NULLS LAST, place NULLS LAST) AS _w
  FROM named
) AS _t
WHERE
  _w = 1
