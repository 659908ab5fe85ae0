SELECT
  i.track_id,
  NOT t.track_id IS NULL AS listed,
  t.title,
  t.released_on,
  t.version_of,
  t.duration_ms,
  t.cover_url,
  t.play_url,
  COALESCE(t.disputed, FALSE) AS disputed,
  NOT d.track_id IS NULL AS blocked,
  COALESCE(p.plays, 0) AS plays
FROM track_ids AS i
LEFT JOIN known_tracks AS t
  ON t.track_id = i.track_id
LEFT JOIN (
  SELECT
    id AS track_id
  FROM taken_down
  WHERE
    kind = 'track'
  UNION
  SELECT
    c.track_id
  FROM credits AS c
  JOIN taken_down AS b
    ON b.kind = 'artist' AND b.id = c.artist_id
  UNION
  SELECT
    c.track_id
  FROM genre_credits AS c
  JOIN taken_down AS b
    ON b.kind = 'genre' AND b.id = c.genre_id
) AS d
  ON d.track_id = i.track_id
LEFT JOIN (
  SELECT
    item_index,
    CAST(SUM(plays + bot_plays) AS BIGINT) AS plays
  FROM plays_daily
  GROUP BY
    item_index
) AS p
  ON p.item_index = i.item_index
ORDER BY
  i.item_index NULLS LAST
