SELECT
  user_id,
  region,
  birth_year
FROM (
  SELECT
    user_id,
    region,
    birth_year,
    ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY part DESC, line NULLS LAST) AS _w
  FROM lake_users
) AS _t
WHERE
  _w = 1
