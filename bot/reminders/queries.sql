-- A member's reminders and streak warning, what is read before one is sent, and presses on what was sent.

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and sets a reminder is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- name: is_member(group_id, person_id)$
SELECT 1 FROM members m JOIN groups g ON g.group_id = m.group_id
WHERE m.group_id = :group_id AND m.person_id = :person_id AND m.left_at IS NULL AND g.left_at IS NULL;

-- Always one row, whoever asks.
-- name: whose(group_id, person_id)^
SELECT COALESCE(p.zone, g.zone, 'UTC') AS zone, p.zone AS own_zone, p.dm_channel_id, g.runs_channel_id
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN people p ON p.person_id = asked.person_id;

-- name: schedules_of(group_id, person_id, kind)
SELECT schedule_id, minute, weekdays, words, channel_id, off_reason, since_at, last_day FROM schedules
WHERE group_id = :group_id AND person_id = :person_id AND kind = :kind
  AND (off_reason IS NULL OR off_reason <> 'removed')
ORDER BY minute, weekdays, schedule_id;

-- name: add_schedule(schedule_id, group_id, person_id, kind, minute, weekdays, words, now)!
INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, words, since_at, next_due_at,
                       created_at)
VALUES (:schedule_id, :group_id, :person_id, :kind, :minute, :weekdays, :words, :now, :now, :now);

-- Another time or other days begin to count now; other words change nothing else.
-- name: change_reminder(schedule_id, group_id, person_id, minute, weekdays, words, now)!
UPDATE schedules
SET since_at = CASE WHEN minute <> :minute OR weekdays <> :weekdays THEN CAST(:now AS BIGINT) ELSE since_at END,
    next_due_at = CASE WHEN off_reason IS NULL THEN CAST(:now AS BIGINT) END,
    minute = :minute, weekdays = :weekdays, words = :words
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND kind = 'reminder';

-- name: wait_until(schedule_id, group_id, person_id, since, now)!
UPDATE schedules SET since_at = :since, next_due_at = :now
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND off_reason IS NULL;

-- name: turn_on(schedule_id, group_id, person_id, now)!
UPDATE schedules SET off_reason = NULL, failures = 0, since_at = :now, next_due_at = :now
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND off_reason IS NOT NULL;

-- What is off, or removed, stays so for its own reason.
-- name: turn_off(schedule_id, group_id, person_id)!
UPDATE schedules SET off_reason = 'by_owner', next_due_at = NULL
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND off_reason IS NULL;

-- name: send_to(schedule_id, group_id, person_id, channel_id)!
UPDATE schedules SET channel_id = :channel_id, failures = 0
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND kind = 'reminder';

-- For a while it can be brought back (since_at is then when it was removed); its deliveries go with it for good.
-- name: remove_reminder(schedule_id, group_id, person_id, now)!
UPDATE schedules SET off_reason = 'removed', next_due_at = NULL, since_at = :now
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND kind = 'reminder';

-- name: drop_waiting(schedule_id, now)!
UPDATE deliveries SET state = 'skipped', reason = 'removed', try_at = NULL, ended_at = :now
WHERE schedule_id = :schedule_id AND state = 'due';

-- name: bring_back(schedule_id, group_id, person_id, since, now)!
UPDATE schedules SET off_reason = NULL, failures = 0, since_at = :now, next_due_at = :now
WHERE schedule_id = :schedule_id AND group_id = :group_id AND person_id = :person_id AND kind = 'reminder'
  AND off_reason = 'removed' AND since_at >= :since;

-- name: set_dm_channel(person_id, channel_id)!
UPDATE people SET dm_channel_id = :channel_id WHERE person_id = :person_id;

-- What decides whether one is sent: the member and the schedule, then how the present running day stands.
-- name: recipient(group_id, person_id, schedule_id)^
SELECT m.group_id, m.person_id, COALESCE(p.zone, g.zone) AS zone, g.day_starts_minute, g.week_starts_on, p.quiet_from_minute,
       p.quiet_until_minute, m.plan, m.recent_words, m.fact_day, s.off_reason, s.since_at,
       (SELECT r.running_day FROM runs r WHERE r.group_id = m.group_id AND r.person_id = m.person_id
          AND r.undone_at IS NULL AND r.late = 0 ORDER BY r.running_day LIMIT 1) AS first_kept_day
FROM members m
JOIN people p ON p.person_id = m.person_id
JOIN groups g ON g.group_id = m.group_id
JOIN schedules s ON s.schedule_id = :schedule_id
WHERE m.group_id = :group_id AND m.person_id = :person_id;

-- name: today(group_id, person_id, schedule_id, today, week_day)^
SELECT (SELECT COUNT(*) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
          AND r.undone_at IS NULL AND r.late = 0 AND r.running_day = :today) AS kept,
       (SELECT COUNT(*) FROM rest_days d WHERE d.group_id = :group_id AND d.person_id = :person_id
          AND d.rest_day = :today) AS resting,
       (SELECT COUNT(*) FROM pauses a WHERE a.group_id = :group_id AND a.person_id = :person_id
          AND a.from_day <= :today AND (a.until_day IS NULL OR a.until_day >= :today)) AS paused,
       (SELECT COUNT(*) FROM deliveries x WHERE x.schedule_id = :schedule_id AND x.state = 'sent'
          AND x.occurrence_day >= :week_day) AS sent_this_week;

-- name: kept_days(group_id, person_id, from_day)
SELECT DISTINCT running_day FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND late = 0 AND running_day >= :from_day
ORDER BY running_day;

-- name: targets(group_id, person_id)
SELECT from_day, days FROM targets
WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day;

-- name: pauses(group_id, person_id)
SELECT from_day, until_day FROM pauses
WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day;

-- As many as are kept: an occurrence a day for ninety days, and its snoozes.
-- name: sent_before(schedule_id)
SELECT due_at, answered_at, content FROM deliveries
WHERE schedule_id = :schedule_id AND state = 'sent' ORDER BY due_at DESC LIMIT 100;

-- name: remember_words(group_id, person_id, recent_words, fact_day)!
UPDATE members SET recent_words = :recent_words, fact_day = :fact_day
WHERE group_id = :group_id AND person_id = :person_id;

-- Presses. Everything in a custom_id is untrusted: the delivery is that of this group and person, or there is none.

-- name: pressed(delivery_id, group_id, person_id, now)^
UPDATE deliveries SET answered_at = COALESCE(answered_at, CAST(:now AS BIGINT))
WHERE delivery_id = :delivery_id AND group_id = :group_id AND person_id = :person_id
  AND kind IN ('reminder', 'streak_warning')
  AND EXISTS (SELECT 1 FROM members m WHERE m.group_id = :group_id AND m.person_id = :person_id AND m.left_at IS NULL)
RETURNING schedule_id, kind, occurrence_day, due_at,
          (SELECT COALESCE(p.zone, g.zone) FROM groups g JOIN people p ON p.person_id = deliveries.person_id
           WHERE g.group_id = deliveries.group_id) AS zone,
          (SELECT g.day_starts_minute FROM groups g WHERE g.group_id = deliveries.group_id) AS day_starts_minute;

-- name: rest(group_id, person_id, rest_day, now)!
INSERT INTO rest_days (group_id, person_id, rest_day, created_at)
VALUES (:group_id, :person_id, :rest_day, :now)
ON CONFLICT (group_id, person_id, rest_day) DO NOTHING;

-- name: snoozes(schedule_id, occurrence_day)
SELECT ordinal, state, due_at FROM deliveries
WHERE schedule_id = :schedule_id AND occurrence_day = :occurrence_day AND ordinal > 0 ORDER BY ordinal;

-- name: add_snooze(delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, ordinal, due_at, now)!
INSERT INTO deliveries (delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, ordinal, due_at, try_at,
                        created_at)
VALUES (:delivery_id, :schedule_id, :group_id, :person_id, :kind, :occurrence_day, :ordinal, :due_at, :due_at, :now);
