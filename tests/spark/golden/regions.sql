SELECT
  region
FROM region_ids
ORDER BY
  region_index NULLS LAST
