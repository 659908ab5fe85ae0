-- The rows of the matrix that models see: everybody who played something and is no bot.
SELECT
  l.user_id,
  l.listener_index,
  r.region_index,
  CAST(ROW_NUMBER() OVER (ORDER BY l.listener_index) - 1 AS INTEGER) AS user_index
FROM listener_ids AS l
LEFT JOIN flags AS f ON f.listener_index = l.listener_index
LEFT JOIN known_users AS u ON u.user_id = l.user_id
LEFT JOIN region_ids AS r ON r.region = u.region
WHERE f.bot IS NULL OR NOT f.bot
ORDER BY user_index
