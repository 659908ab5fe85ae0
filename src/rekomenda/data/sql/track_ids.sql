-- A number for every track that the plays or the catalogue name, in the order of UTF-8 bytes.
SELECT
  track_id,
  CAST(ROW_NUMBER() OVER (ORDER BY track_id) - 1 AS INTEGER) AS item_index
FROM (
  SELECT track_id FROM lake_plays WHERE day <= $as_of
  UNION
  SELECT track_id FROM known_tracks
) AS named
