WITH newest AS (
  SELECT
    kind,
    id,
    until
  FROM (
    SELECT
      kind,
      id,
      until,
      ROW_NUMBER() OVER (PARTITION BY kind, id ORDER BY part DESC, line NULLS LAST) AS _w
    FROM lake_blocked
  ) AS _t
  WHERE
    _w = 1
)
SELECT
  kind,
  id
FROM newest
WHERE
  until IS NULL OR until >= :as_of
