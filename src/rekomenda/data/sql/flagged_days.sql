-- Days on which a listener played more than a person does: over $bot plays a bot, over $heavy a
-- person whose weight that day is capped.
SELECT
  day,
  listener_index,
  plays,
  plays > $bot AS bot,
  plays > $heavy AND plays <= $bot AS heavy
FROM listener_days
WHERE plays > LEAST($heavy, $bot)
