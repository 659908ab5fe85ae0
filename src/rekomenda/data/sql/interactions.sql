-- The cells of listeners who are no bots, in the order of the matrix.
SELECT
  u.user_index,
  c.item_index,
  c.plays,
  c.weight,
  c.first_day,
  c.last_day,
  c.last_at
FROM cells AS c
JOIN user_ids AS u ON u.listener_index = c.listener_index
ORDER BY u.user_index, c.item_index
