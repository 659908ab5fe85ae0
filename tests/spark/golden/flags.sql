SELECT
  listener_index,
  MAX(CASE WHEN bot THEN 1 ELSE 0 END) = 1 AS bot,
  MAX(CASE WHEN heavy THEN 1 ELSE 0 END) = 1 AS heavy
FROM flagged_days
GROUP BY
  listener_index
