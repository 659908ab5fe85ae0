-- listener_index: counted from 0 in the order of user_id
SELECT
  user_id
FROM (
  SELECT DISTINCT
    user_id
  FROM lake_plays
  WHERE
    day <= :as_of
) AS played
