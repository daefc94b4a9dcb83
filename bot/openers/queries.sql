-- The week's opener, and who planned.

-- name: openers(group_id)
SELECT delivery_id, content FROM deliveries
WHERE group_id = :group_id AND person_id IS NULL AND kind = 'opener' AND state IN ('sending', 'sent')
  AND content IS NOT NULL
ORDER BY due_at DESC LIMIT 3;

-- name: posted_openers(group_id)
SELECT delivery_id, content FROM deliveries
WHERE group_id = :group_id AND person_id IS NULL AND kind = 'opener' AND state = 'sent' AND content IS NOT NULL
ORDER BY due_at DESC;

-- name: weeks_planned(group_id, person_id)
SELECT week_day FROM week_plans WHERE group_id = :group_id AND person_id = :person_id;

-- name: opener(delivery_id)^
SELECT d.delivery_id, d.group_id, d.occurrence_day, d.content, d.channel_id, d.message_id,
       g.zone, g.language, g.day_starts_minute
FROM deliveries d JOIN groups g ON g.group_id = d.group_id
WHERE d.delivery_id = :delivery_id AND d.kind = 'opener' AND d.state IN ('sending', 'sent')
  AND d.content IS NOT NULL;

-- name: planned(group_id, week_day, most)
SELECT w.person_id, w.days, w.words FROM week_plans w
JOIN members m ON m.group_id = w.group_id AND m.person_id = w.person_id
WHERE w.group_id = :group_id AND w.week_day = :week_day AND m.left_at IS NULL
ORDER BY w.planned_at, w.person_id LIMIT :most;

-- name: count_planned(group_id, week_day)$
SELECT COUNT(*) FROM week_plans w
JOIN members m ON m.group_id = w.group_id AND m.person_id = w.person_id
WHERE w.group_id = :group_id AND w.week_day = :week_day AND m.left_at IS NULL;

-- name: plan(group_id, person_id, week_day)^
SELECT days, words, target_from, target_before FROM week_plans
WHERE group_id = :group_id AND person_id = :person_id AND week_day = :week_day;

-- Who plans anew keeps their place in the list.
-- name: put_plan(group_id, person_id, week_day, days, words, target_from, target_before, now)!
INSERT INTO week_plans (group_id, person_id, week_day, days, words, target_from, target_before, planned_at)
VALUES (:group_id, :person_id, :week_day, :days, :words, :target_from, :target_before, :now)
ON CONFLICT (group_id, person_id, week_day) DO UPDATE SET
    days = excluded.days, words = excluded.words,
    target_from = excluded.target_from, target_before = excluded.target_before;

-- name: drop_plan(group_id, person_id, week_day)!
DELETE FROM week_plans WHERE group_id = :group_id AND person_id = :person_id AND week_day = :week_day;

-- The target that a plan set and nobody changed since.
-- name: restore_target(group_id, person_id, from_day, days, before, now)!
UPDATE targets SET days = :before, set_at = :now
WHERE group_id = :group_id AND person_id = :person_id AND from_day = :from_day AND days = :days;

-- name: drop_target(group_id, person_id, from_day, days)!
DELETE FROM targets
WHERE group_id = :group_id AND person_id = :person_id AND from_day = :from_day AND days = :days;
