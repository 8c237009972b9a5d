-- As many rows as there are keys (src/workload.rs).
CREATE TABLE users (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    about text NOT NULL,
    karma bigint NOT NULL,
    joined bigint NOT NULL
);

INSERT INTO users
SELECT n, 'user ' || n, 'What user ' || n || ' says: a line of text that nobody reads, and a second one.', n * 7 % 1000, 1700000000 + n
FROM generate_series(1, 100000) AS n;

VACUUM (ANALYZE, FREEZE) users;
