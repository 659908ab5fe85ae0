SELECT
  i.track_id,
  NOT t.track_id IS NULL AS listed,
  a.artist_index,
  g.genre_index,
  t.title,
  t.released_on,
  t.version_of,
  t.duration_ms,
  t.cover_url,
  t.play_url,
  COALESCE(t.disputed, FALSE) AS disputed,
  NOT bt.id IS NULL OR NOT ba.id IS NULL OR NOT bg.id IS NULL AS blocked,
  COALESCE(p.plays, 0) AS plays
FROM track_ids AS i
LEFT JOIN known_tracks AS t
  ON t.track_id = i.track_id
LEFT JOIN artist_ids AS a
  ON a.artist_id = t.artist_id
LEFT JOIN genre_ids AS g
  ON g.genre_id = t.genre_id
LEFT JOIN taken_down AS bt
  ON bt.kind = 'track' AND bt.id = i.track_id
LEFT JOIN taken_down AS ba
  ON ba.kind = 'artist' AND ba.id = t.artist_id
LEFT JOIN taken_down AS bg
  ON bg.kind = 'genre' AND bg.id = t.genre_id
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
