-- The rows of the matrix that models see: everybody who played something or says what they like, and
-- is no bot.
WITH named AS (
  SELECT user_id FROM listener_ids
  UNION
  SELECT user_id FROM liked
)
SELECT
  n.user_id,
  l.listener_index,
  r.region_index,
  CAST(ROW_NUMBER() OVER (ORDER BY n.user_id) - 1 AS INTEGER) AS user_index
FROM named AS n
LEFT JOIN listener_ids AS l ON l.user_id = n.user_id
LEFT JOIN flags AS f ON f.listener_index = l.listener_index
LEFT JOIN known_users AS u ON u.user_id = n.user_id
LEFT JOIN region_ids AS r ON r.region = u.region
WHERE f.bot IS NULL OR NOT f.bot
ORDER BY user_index
