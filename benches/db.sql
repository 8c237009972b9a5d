-- What every contestant reads. The same rows every time: nothing here is random.

CREATE TABLE world (
    id            integer PRIMARY KEY,
    random_number integer NOT NULL
);
INSERT INTO world
SELECT id, 1 + (id::bigint * 7919 + 104729) % 10000
FROM generate_series(1, 10000) AS id;

-- TechEmpower's rows.
CREATE TABLE fortune (
    id      integer PRIMARY KEY,
    message text NOT NULL
);
INSERT INTO fortune (id, message) VALUES
    (1, 'fortune: No such file or directory'),
    (2, 'A computer scientist is someone who fixes things that aren''t broken.'),
    (3, 'After enough decimal places, nobody gives a damn.'),
    (4, 'A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1'),
    (5, 'A computer program does what you tell it to do, not what you want it to do.'),
    (6, 'Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen'),
    (7, 'Any program that runs right is obsolete.'),
    (8, 'A list is only as strong as its weakest link. — Donald Knuth'),
    (9, 'Feature: A bug with seniority.'),
    (10, 'Computers make very fast, very accurate mistakes.'),
    (11, '<script>alert("This should not be displayed in a browser alert box.");</script>'),
    (12, 'フレームワークのベンチマーク');

-- A third of the posts has no url; a body is some 200 characters and has quotes that JSON must escape.
CREATE TABLE posts (
    id        bigint PRIMARY KEY,
    title     text NOT NULL,
    url       text,
    author_id bigint NOT NULL,
    score     integer NOT NULL,
    comments  integer NOT NULL,
    created   timestamptz NOT NULL,
    body      text NOT NULL
);
INSERT INTO posts
SELECT id,
       'Post ' || id || ': what the compiler knew before anyone asked',
       CASE WHEN id % 3 <> 0 THEN 'https://example.org/articles/' || id || '?from=front' END,
       1 + id * 31 % 500,
       (id * 17 % 400)::integer,
       (id * 13 % 90)::integer,
       timestamptz '2026-01-01 00:00:00Z' + id * interval '97.123457 seconds',
       'Number ' || id || ' says "measure first": a figure without the command that made it is a rumour. '
           || repeat('The same rows, the same answers, the same machine. ', 2)
           || 'So ends ' || md5(id::text) || '.'
FROM generate_series(1::bigint, 10000) AS id;

VACUUM (ANALYZE, FREEZE) world, fortune, posts;
