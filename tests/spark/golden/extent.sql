WITH heard AS (
  SELECT DISTINCT
    user_id,
    track_id
  FROM lake_plays
), lengths AS (
  SELECT
    user_id,
    COUNT(*) AS n
  FROM heard
  GROUP BY
    user_id
), links AS (
  SELECT
    track_id,
    SUM(n) AS n
  FROM heard
  JOIN lengths
    USING (user_id)
  GROUP BY
    track_id
), known AS (
  SELECT
    track_id
  FROM links
  UNION
  SELECT
    track_id
  FROM lake_tracks
), items AS (
  SELECT
    COUNT(*) AS n
  FROM known
)
SELECT
  (
    SELECT
      COUNT(*)
    FROM lake_plays
  ) AS n_rows,
  (
    SELECT
      COUNT(*)
    FROM lengths
  ) AS n_users,
  (
    SELECT
      n
    FROM items
  ) AS n_items,
  (
    SELECT
      COUNT(*)
    FROM heard
  ) AS n_cells,
  (
    SELECT
      CAST(COALESCE(SUM(n * n), 0) AS BIGINT)
    FROM lengths
  ) AS n_pairs,
  (
    SELECT
      CAST(COALESCE(SUM(LEAST(links.n, items.n)), 0) AS BIGINT)
    FROM links, items
  ) AS n_linked
