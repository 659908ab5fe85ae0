-- One row for each artist of the catalogue; the newest file wins, within a file the first line.
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
FROM lake_artists
QUALIFY ROW_NUMBER() OVER (PARTITION BY artist_id ORDER BY part DESC, line) = 1
