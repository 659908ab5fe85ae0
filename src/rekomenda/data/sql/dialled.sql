-- Who has turned their dial from familiar to new, and to where. A newer file that names somebody
-- replaces what they said before; without a number the dial is as everybody's again.
WITH newest AS (
  SELECT
    user_id,
    dial
  FROM lake_dials
  QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY part DESC, line) = 1
)
SELECT
  user_id,
  dial
FROM newest
WHERE dial IS NOT NULL
ORDER BY user_id
