-- Targets, the week they are measured by, and pauses.

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and plans is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- Always one row, whoever asks: a group without a row stands as a new one, a member as one who set nothing.
-- name: member(group_id, person_id)^
SELECT COALESCE(p.zone, g.zone, 'UTC') AS zone, COALESCE(p.units, g.units, 'km') AS units,
       COALESCE(g.day_starts_minute, 240) AS day_starts_minute, COALESCE(g.week_starts_on, 0) AS week_starts_on,
       m.weekly_metres, m.weekly_minutes, m.plan,
       (SELECT MAX(r.running_day) FROM runs r WHERE r.group_id = asked.group_id AND r.person_id = asked.person_id
          AND r.undone_at IS NULL AND r.late = 0) AS last_day
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN people p ON p.person_id = asked.person_id
LEFT JOIN members m ON m.group_id = asked.group_id AND m.person_id = asked.person_id;

-- name: week(group_id, person_id, first_day, last_day)^
SELECT COUNT(DISTINCT running_day) AS days, COALESCE(SUM(metres), 0) AS metres, COALESCE(SUM(seconds), 0) AS seconds
FROM runs WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND late = 0
  AND running_day BETWEEN :first_day AND :last_day;

-- name: targets(group_id, person_id)
SELECT from_day, days, set_at FROM targets
WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day;

-- name: set_target(group_id, person_id, from_day, days, now)!
INSERT INTO targets (group_id, person_id, from_day, days, set_at)
VALUES (:group_id, :person_id, :from_day, :days, :now)
ON CONFLICT (group_id, person_id, from_day) DO UPDATE SET days = excluded.days, set_at = excluded.set_at;

-- name: drop_later_targets(group_id, person_id, from_day)!
DELETE FROM targets WHERE group_id = :group_id AND person_id = :person_id AND from_day > :from_day;

-- name: set_wishes(group_id, person_id, metres, minutes, plan)!
UPDATE members SET weekly_metres = :metres, weekly_minutes = :minutes, plan = :plan
WHERE group_id = :group_id AND person_id = :person_id;

-- name: pauses(group_id, person_id)
SELECT pause_id, from_day, until_day, reason, interaction_id FROM pauses
WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day, pause_id;

-- name: add_pause(pause_id, group_id, person_id, from_day, until_day, reason, interaction_id, now)!
INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, reason, interaction_id, created_at)
VALUES (:pause_id, :group_id, :person_id, :from_day, :until_day, :reason, :interaction_id, :now);

-- name: end_pause(pause_id, group_id, person_id, until_day)!
UPDATE pauses SET until_day = :until_day
WHERE pause_id = :pause_id AND group_id = :group_id AND person_id = :person_id;

-- name: remove_pause(pause_id, group_id, person_id)!
DELETE FROM pauses WHERE pause_id = :pause_id AND group_id = :group_id AND person_id = :person_id;
