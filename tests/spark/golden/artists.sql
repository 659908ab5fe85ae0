SELECT
  i.artist_id,
  k.name,
  r.region_index,
  k.feature_1,
  k.feature_2,
  k.feature_3,
  k.feature_4,
  k.feature_5,
  k.feature_6,
  k.feature_7,
  k.feature_8,
  k.feature_9,
  k.feature_10
FROM artist_ids AS i
LEFT JOIN known_artists AS k
  ON k.artist_id = i.artist_id
LEFT JOIN region_ids AS r
  ON r.region = k.region
ORDER BY
  i.artist_index NULLS LAST
