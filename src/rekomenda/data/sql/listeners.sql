-- Everybody whom the plays or the listeners' file name. Bots are in here, flagged; who played nothing
-- has 0 plays, no days and no number.
WITH played AS (
  SELECT
    listener_index,
    CAST(SUM(plays) AS BIGINT) AS plays,
    MIN(day) AS first_day,
    MAX(day) AS last_day
  FROM listener_days
  GROUP BY listener_index
), named AS (
  SELECT user_id FROM listener_ids
  UNION
  SELECT user_id FROM known_users
)
SELECT
  n.user_id,
  u.region,
  u.birth_year,
  COALESCE(p.plays, 0) AS plays,
  l.listener_index,
  COALESCE(f.bot, FALSE) AS bot,
  COALESCE(f.heavy, FALSE) AS heavy,
  p.first_day,
  p.last_day
FROM named AS n
LEFT JOIN known_users AS u ON u.user_id = n.user_id
LEFT JOIN listener_ids AS l ON l.user_id = n.user_id
LEFT JOIN played AS p ON p.listener_index = l.listener_index
LEFT JOIN flags AS f ON f.listener_index = l.listener_index
ORDER BY n.user_id
