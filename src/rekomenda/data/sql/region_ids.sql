-- A number for every region that a listener or an artist is from, in the order of UTF-8 bytes.
SELECT
  region,
  CAST(ROW_NUMBER() OVER (ORDER BY region) - 1 AS INTEGER) AS region_index
FROM (
  SELECT region FROM known_artists WHERE region IS NOT NULL
  UNION
  SELECT region FROM known_users WHERE region IS NOT NULL
) AS named
