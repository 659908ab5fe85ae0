-- Every region, in the order of its number.
SELECT region
FROM region_ids
ORDER BY region_index
