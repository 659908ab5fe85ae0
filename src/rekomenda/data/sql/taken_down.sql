-- Blocks in force on the as-of day. A newer file that names the same block replaces it, so a block
-- is lifted by sending it again with a day that has passed.
WITH newest AS (
  SELECT
    kind,
    id,
    until
  FROM lake_blocked
  QUALIFY ROW_NUMBER() OVER (PARTITION BY kind, id ORDER BY part DESC, line) = 1
)
SELECT
  kind,
  id
FROM newest
WHERE until IS NULL OR until >= $as_of
