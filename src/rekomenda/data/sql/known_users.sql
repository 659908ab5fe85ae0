-- What is told of each listener; the newest file wins, within a file the first line.
SELECT
  user_id,
  region,
  birth_year
FROM lake_users
QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY part DESC, line) = 1
