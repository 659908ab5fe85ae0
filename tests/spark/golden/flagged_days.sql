SELECT
  day,
  listener_index,
  plays,
  plays > :bot AS bot,
  plays > :heavy AND plays <= :bot AS heavy
FROM listener_days
WHERE
  plays > LEAST(:heavy, :bot)
