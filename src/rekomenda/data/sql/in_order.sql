-- The days of each listener and track side by side, in any order among themselves: what
-- `joining/cells.py` adds up. Sorting once is half the work of grouping, for most tracks are played on
-- one day only.
SELECT
  listener_index,
  item_index,
  day,
  plays,
  last_at
FROM daily
ORDER BY listener_index, item_index
