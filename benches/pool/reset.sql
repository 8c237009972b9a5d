-- Before each reading that writes: the table is as it was.
TRUNCATE items RESTART IDENTITY;
INSERT INTO items (name, note, score)
SELECT 'Item ' || id, CASE WHEN id % 2 = 0 THEN 'note ' || id END, id % 100 FROM generate_series(1, 10000) AS id;
ANALYZE items;
