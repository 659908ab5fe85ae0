-- A number for everybody who played something, bots too, in the order of the ids' UTF-8 bytes.
SELECT
  user_id,
  CAST(ROW_NUMBER() OVER (ORDER BY user_id) - 1 AS INTEGER) AS listener_index
FROM (SELECT DISTINCT user_id FROM lake_plays WHERE day <= $as_of) AS played
