SELECT
  u.user_index,
  t.item_index,
  MIN(p.played_at) AS first_at
FROM lake_plays AS p
JOIN listener_ids AS l
  ON l.user_id = p.user_id
JOIN user_ids AS u
  ON u.listener_index = l.listener_index
JOIN track_ids AS t
  ON t.track_id = p.track_id
WHERE
  p.day <= :as_of
GROUP BY
  u.user_index,
  t.item_index
ORDER BY
  u.user_index NULLS LAST,
  t.item_index NULLS LAST
