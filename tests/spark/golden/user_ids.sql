-- user_index: counted from 0 in the order of user_id
WITH named AS (
  SELECT
    user_id
  FROM listener_ids
  UNION
  SELECT
    user_id
  FROM liked
)
SELECT
  n.user_id,
  l.listener_index,
  r.region_index
FROM named AS n
LEFT JOIN listener_ids AS l
  ON l.user_id = n.user_id
LEFT JOIN flags AS f
  ON f.listener_index = l.listener_index
LEFT JOIN known_users AS u
  ON u.user_id = n.user_id
LEFT JOIN region_ids AS r
  ON r.region = u.region
WHERE
  f.bot IS NULL OR NOT f.bot
