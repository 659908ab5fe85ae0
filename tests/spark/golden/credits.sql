SELECT
  track_id,
  artist_id,
  line,
  place
FROM (
  WITH newest AS (
    SELECT
      track_id,
      artist_id,
      line
    FROM (
      SELECT
        track_id,
        artist_id,
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
      COALESCE(a.id, n.artist_id) AS artist_id,
      n.line,
      COALESCE(a.place, 0) AS place
    FROM newest AS n
    LEFT JOIN apart AS a
      ON a.kind = 'artist' AND a.written = n.artist_id
  )
  SELECT
    track_id,
    artist_id,
    line,
    place,
    ROW_NUMBER() OVER (PARTITION BY track_id, artist_id ORDER BY line NULLS LAST, place NULLS LAST) AS _w
  FROM named
) AS _t
WHERE
  _w = 1
