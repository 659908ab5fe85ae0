-- How large the data is: what the cost of learning is reckoned from. `heard`: who played what.
WITH
heard AS (SELECT DISTINCT user_id, track_id FROM lake_plays),
lengths AS (SELECT user_id, count(*) AS n FROM heard GROUP BY user_id),
links AS (SELECT track_id, sum(n) AS n FROM heard JOIN lengths USING (user_id) GROUP BY track_id),
known AS (SELECT track_id FROM links UNION SELECT track_id FROM lake_tracks),
items AS (SELECT count(*) AS n FROM known)
SELECT
    (SELECT count(*) FROM lake_plays) AS n_rows,
    (SELECT count(*) FROM lengths) AS n_users,
    (SELECT n FROM items) AS n_items,
    (SELECT count(*) FROM heard) AS n_cells,
    (SELECT CAST(coalesce(sum(n * n), 0) AS BIGINT) FROM lengths) AS n_pairs,
    (SELECT CAST(coalesce(sum(least(links.n, items.n)), 0) AS BIGINT) FROM links, items) AS n_linked
