SELECT
  artist_id,
  name,
  region,
  feature_1,
  feature_2,
  feature_3,
  feature_4,
  feature_5,
  feature_6,
  feature_7,
  feature_8,
  feature_9,
  feature_10
FROM (
  SELECT
    artist_id,
    name,
    region,
    feature_1,
    feature_2,
    feature_3,
    feature_4,
    feature_5,
    feature_6,
    feature_7,
    feature_8,
    feature_9,
    feature_10,
    ROW_NUMBER() OVER (PARTITION BY artist_id ORDER BY part DESC, line NULLS LAST) AS _w
  FROM lake_artists
) AS _t
WHERE
  _w = 1
