-- By the server's clock, which all processes share. A slot that lies absurdly far ahead is of a clock that was wrong.
-- name: take_slot(bucket, apart_ms, longest_ms)$
WITH clock AS (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms),
taken AS (
    INSERT INTO identify_slots AS s (bucket, free_at_ms)
    SELECT CAST(:bucket AS BIGINT), now_ms + CAST(:apart_ms AS BIGINT) FROM clock
    ON CONFLICT (bucket) DO UPDATE SET free_at_ms = CAST(:apart_ms AS BIGINT) + (
        SELECT CASE WHEN s.free_at_ms BETWEEN now_ms AND now_ms + CAST(:longest_ms AS BIGINT) THEN s.free_at_ms
                    ELSE now_ms END FROM clock)
    RETURNING free_at_ms
)
SELECT taken.free_at_ms - CAST(:apart_ms AS BIGINT) - clock.now_ms FROM taken, clock;
