WITH newest AS (
  SELECT
    user_id,
    dial
  FROM (
    SELECT
      user_id,
      dial,
      ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY part DESC, line NULLS LAST) AS _w
    FROM lake_dials
  ) AS _t
  WHERE
    _w = 1
)
SELECT
  user_id,
  dial
FROM newest
WHERE
  NOT dial IS NULL
ORDER BY
  user_id NULLS LAST
