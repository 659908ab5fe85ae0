-- region_index: counted from 0 in the order of region
SELECT
  region
FROM (
  SELECT
    region
  FROM known_artists
  WHERE
    NOT region IS NULL
  UNION
  SELECT
    region
  FROM known_users
  WHERE
    NOT region IS NULL
) AS named
