-- One process owns the file: nothing has to be taken from anybody, and a look writes nothing.
-- The first of each group, then the second of each: thousands of one group leave room for the others' in every batch.
-- name: take_due(now, most)
SELECT d.*, s.words AS schedule_words, s.channel_id AS schedule_channel_id, g.zone, g.language
FROM (SELECT w.*, ROW_NUMBER() OVER (PARTITION BY w.group_id ORDER BY w.try_at, w.delivery_id) AS turn
      FROM deliveries w WHERE w.try_at <= :now) AS d
JOIN schedules s ON s.schedule_id = d.schedule_id
JOIN groups g ON g.group_id = d.group_id
ORDER BY d.turn, d.try_at, d.delivery_id LIMIT :most;

-- What is due and not over: what waits for its turn, and what was tried in vain and is tried again soon. What is held on
-- purpose (for the end of somebody's quiet hours) is not.
-- name: count_due(now, soon)$
SELECT COUNT(*) FROM deliveries WHERE try_at <= :soon AND (try_at <= :now OR tries > 0);
