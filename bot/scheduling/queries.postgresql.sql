-- What may be taken: what nobody works on, and is of this process's own shards, or has waited for the length of a lease,
-- as then the process that it belongs to is gone, or has more to do than it can. What was on its way (sending) stands
-- until the end of the lease of whoever had it: it has waited for that already.

-- name: any_due(now, taker, orphaned, shard_count, shards)$
SELECT EXISTS (
    SELECT 1 FROM deliveries
    WHERE try_at <= :now AND (taken_until IS NULL OR taken_until <= :now OR taken_by = :taker)
      AND ((group_id >> 22) % CAST(:shard_count AS BIGINT) = ANY (CAST(:shards AS BIGINT[]))
           OR try_at <= :orphaned OR state = 'sending')
);

-- The first of each group, then the second of each: thousands of one group leave room for the others' in every batch.
-- What another process is taking at this very moment is passed over, not waited for.
-- name: take_due(now, most, taker, until, orphaned, shard_count, shards)
WITH ranked AS (
    SELECT delivery_id, try_at, ROW_NUMBER() OVER (PARTITION BY group_id ORDER BY try_at, delivery_id) AS turn
    FROM deliveries
    WHERE try_at <= :now AND (taken_until IS NULL OR taken_until <= :now OR taken_by = :taker)
      AND ((group_id >> 22) % CAST(:shard_count AS BIGINT) = ANY (CAST(:shards AS BIGINT[]))
           OR try_at <= :orphaned OR state = 'sending')
), chosen AS (
    SELECT delivery_id, turn FROM ranked ORDER BY turn, try_at, delivery_id LIMIT :most
), locked AS (
    SELECT delivery_id FROM deliveries WHERE delivery_id IN (SELECT delivery_id FROM chosen)
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE deliveries SET taken_by = :taker, taken_until = :until
    WHERE delivery_id IN (SELECT delivery_id FROM locked)
    RETURNING *
)
SELECT d.*, c.turn, s.words AS schedule_words, s.channel_id AS schedule_channel_id, g.zone, g.language
FROM taken d
JOIN chosen c ON c.delivery_id = d.delivery_id
JOIN schedules s ON s.schedule_id = d.schedule_id
JOIN groups g ON g.group_id = d.group_id;

-- What is due and not over, of this process's own shards, so that all processes' make up the whole: what waits for its
-- turn, and what was tried in vain and is tried again soon. What is held on purpose (for the end of somebody's quiet hours)
-- is not.
-- name: count_due(now, soon, shard_count, shards)$
SELECT COUNT(*) FROM deliveries
WHERE try_at <= :soon AND (try_at <= :now OR tries > 0)
  AND (group_id >> 22) % CAST(:shard_count AS BIGINT) = ANY (CAST(:shards AS BIGINT[]));
