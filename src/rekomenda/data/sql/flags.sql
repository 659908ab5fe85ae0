-- What the flagged days make of a listener: a bot with one such day is a bot for good.
SELECT
  listener_index,
  MAX(CASE WHEN bot THEN 1 ELSE 0 END) = 1 AS bot,
  MAX(CASE WHEN heavy THEN 1 ELSE 0 END) = 1 AS heavy
FROM flagged_days
GROUP BY listener_index
