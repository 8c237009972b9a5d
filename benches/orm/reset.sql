-- Before each reading: the tables that are written are as they were.
TRUNCATE items, log, world RESTART IDENTITY;
INSERT INTO items (name, note, score)
SELECT 'Item ' || id, CASE WHEN id % 2 = 0 THEN 'note ' || id END, id % 100 FROM generate_series(1, 1000) AS id;
INSERT INTO world SELECT id, 1 + (id::bigint * 7919 + 104729) % 10000 FROM generate_series(1, 10000) AS id;
ANALYZE items, log, world;
