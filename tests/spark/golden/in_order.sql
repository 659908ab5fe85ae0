SELECT
  listener_index,
  item_index,
  day,
  plays,
  last_at
FROM daily
ORDER BY
  listener_index NULLS LAST,
  item_index NULLS LAST
