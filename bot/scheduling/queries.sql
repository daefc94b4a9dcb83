-- Schedules, and deliveries from due to over.

-- name: schedules_due(now, most)
SELECT s.schedule_id, s.group_id, s.person_id, s.kind, s.minute, s.weekdays, s.since_at, s.last_day,
       COALESCE(p.zone, g.zone) AS zone
FROM schedules s
JOIN groups g ON g.group_id = s.group_id
LEFT JOIN people p ON p.person_id = s.person_id
WHERE s.next_due_at <= :now
ORDER BY s.next_due_at, s.schedule_id LIMIT :most;

-- name: add_delivery(delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, due_at, state, reason, try_at, ended_at, now)*!
INSERT INTO deliveries (delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, due_at, state, reason,
                        try_at, ended_at, created_at)
VALUES (:delivery_id, :schedule_id, :group_id, :person_id, :kind, :occurrence_day, :due_at, :state, :reason,
        :try_at, :ended_at, :now)
ON CONFLICT (schedule_id, occurrence_day, ordinal) DO NOTHING;

-- name: schedule_planned(schedule_id, last_day, next_due_at)*!
UPDATE schedules SET last_day = :last_day, next_due_at = :next_due_at
WHERE schedule_id = :schedule_id AND off_reason IS NULL;

-- name: delivery_to_claim(delivery_id, now, taker)^
SELECT d.*, s.words AS schedule_words, s.channel_id AS schedule_channel_id, g.zone, g.language,
       g.left_at AS group_left_at, m.left_at AS member_left_at, p.dm_channel_id
FROM deliveries d
JOIN schedules s ON s.schedule_id = d.schedule_id
JOIN groups g ON g.group_id = d.group_id
LEFT JOIN members m ON m.group_id = d.group_id AND m.person_id = d.person_id
LEFT JOIN people p ON p.person_id = d.person_id
WHERE d.delivery_id = :delivery_id AND d.try_at <= :now
  AND (d.taken_until IS NULL OR d.taken_until <= :now OR d.taken_by = :taker);

-- name: set_sending(delivery_id, now, try_at, channel_id, content)!
UPDATE deliveries SET state = 'sending', sending_at = :now, tries = tries + 1, try_at = :try_at,
                      channel_id = :channel_id, content = :content
WHERE delivery_id = :delivery_id AND try_at IS NOT NULL;

-- name: set_place(delivery_id, channel_id)!
UPDATE deliveries SET channel_id = :channel_id WHERE delivery_id = :delivery_id AND state = 'sending';

-- name: set_dm_channel(person_id, channel_id)!
UPDATE people SET dm_channel_id = :channel_id WHERE person_id = :person_id;

-- name: set_sent(delivery_id, channel_id, message_id, now)!
UPDATE deliveries SET state = 'sent', try_at = NULL, channel_id = :channel_id, message_id = :message_id, ended_at = :now
WHERE delivery_id = :delivery_id AND state IN ('due', 'sending');

-- name: set_skipped(delivery_id, reason, now, tries)!
UPDATE deliveries SET state = 'skipped', reason = :reason, try_at = NULL, ended_at = :now
WHERE delivery_id = :delivery_id AND state IN ('due', 'sending')
  AND (CAST(:tries AS BIGINT) IS NULL OR tries = :tries);

-- It did not leave: it stands as due again.
-- name: set_due(delivery_id, try_at, tries)!
UPDATE deliveries SET state = 'due', try_at = :try_at WHERE delivery_id = :delivery_id AND state IN ('due', 'sending')
  AND (CAST(:tries AS BIGINT) IS NULL OR tries = :tries);

-- It may have left: it is looked for before it is tried again.
-- name: set_try_at(delivery_id, try_at, tries)!
UPDATE deliveries SET try_at = :try_at WHERE delivery_id = :delivery_id AND state IN ('due', 'sending')
  AND (CAST(:tries AS BIGINT) IS NULL OR tries = :tries);

-- name: count_try(delivery_id)!
UPDATE deliveries SET tries = tries + 1 WHERE delivery_id = :delivery_id AND state IN ('due', 'sending');

-- name: went_well(delivery_id)!
UPDATE schedules SET failures = 0
WHERE failures > 0 AND schedule_id = (SELECT schedule_id FROM deliveries WHERE delivery_id = :delivery_id);

-- name: went_wrong(delivery_id)^
UPDATE schedules SET failures = failures + 1
WHERE schedule_id = (SELECT schedule_id FROM deliveries WHERE delivery_id = :delivery_id)
RETURNING schedule_id, group_id, person_id, kind, failures, off_reason;

-- name: switch_off(schedule_id, reason)!
UPDATE schedules SET off_reason = :reason, next_due_at = NULL WHERE schedule_id = :schedule_id;

-- The owner is told of one kind once at a time.
-- name: tell_member(notice_id, group_id, person_id, kind, detail, now)!
INSERT INTO notices (notice_id, group_id, person_id, kind, detail, created_at)
SELECT CAST(:notice_id AS BIGINT), CAST(:group_id AS BIGINT), CAST(:person_id AS BIGINT), CAST(:kind AS TEXT),
       CAST(:detail AS TEXT), CAST(:now AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM notices n WHERE n.group_id = :group_id AND n.person_id = :person_id
                    AND n.kind = :kind AND n.detail = :detail);

-- name: tell_organisers(notice_id, group_id, kind, detail, now)!
INSERT INTO group_notices (notice_id, group_id, kind, detail, created_at)
VALUES (:notice_id, :group_id, :kind, :detail, :now)
ON CONFLICT (group_id, kind, detail) DO NOTHING;

-- What is due next.
-- name: next_schedules(most)
SELECT kind, group_id, next_due_at AS due_at FROM schedules
WHERE next_due_at IS NOT NULL ORDER BY next_due_at LIMIT :most;

-- name: next_deliveries(most)
SELECT kind, group_id, try_at AS due_at FROM deliveries
WHERE try_at IS NOT NULL ORDER BY try_at LIMIT :most;

-- name: skipped_since(since)
SELECT kind, reason, COUNT(*) AS count FROM deliveries
WHERE ended_at >= :since AND state = 'skipped'
GROUP BY kind, reason ORDER BY count DESC, kind, reason;

-- name: switched_off()
SELECT kind, off_reason AS reason, COUNT(*) AS count FROM schedules
WHERE off_reason IS NOT NULL AND off_reason NOT IN ('posts_off', 'by_owner', 'removed', 'once')
GROUP BY kind, off_reason ORDER BY count DESC, kind, off_reason;

-- Posts that name members keep their deliveries, as these know where the message is when a name is to go.
-- name: forget_deliveries(before)!
DELETE FROM deliveries
WHERE ended_at < :before AND kind NOT IN ('leaderboard', 'opener', 'challenge_card', 'challenge_result', 'moodpoll');

-- name: forget_removed_schedules(before)!
DELETE FROM schedules WHERE off_reason = 'removed' AND since_at < :before;

-- A group's own schedules (bot/scheduling/group_schedules.py).

-- name: group_posts(group_id)^
SELECT posts, COALESCE(posts_channel_id, runs_channel_id) AS channel_id, week_starts_on FROM groups
WHERE group_id = :group_id;

-- name: groups_without_schedules()
SELECT g.group_id FROM groups g
WHERE g.posts <> 'off' AND g.left_at IS NULL AND COALESCE(g.posts_channel_id, g.runs_channel_id) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM schedules s WHERE s.group_id = g.group_id AND s.person_id IS NULL AND s.challenge_id IS NULL AND s.poll_plan_id IS NULL);

-- A change of anything but the minute keeps the minute that organisers chose.
-- name: align_group_schedule(schedule_id, group_id, kind, minute, weekdays, off_reason, next_due_at, now)!
INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at, next_due_at, created_at)
VALUES (:schedule_id, :group_id, :kind, :minute, :weekdays, :off_reason, :now, :next_due_at, :now)
ON CONFLICT (group_id, kind) WHERE person_id IS NULL AND challenge_id IS NULL AND poll_plan_id IS NULL DO UPDATE SET
    since_at = CASE WHEN schedules.weekdays <> excluded.weekdays OR schedules.off_reason IS NOT NULL
                    THEN excluded.since_at ELSE schedules.since_at END,
    weekdays = excluded.weekdays, off_reason = excluded.off_reason, failures = 0,
    next_due_at = excluded.next_due_at;

-- Where the hour has passed already and the post of the day has not come, it comes now.
-- name: set_group_minute(group_id, kind, minute, now)!
UPDATE schedules SET minute = :minute,
                     next_due_at = CASE WHEN off_reason IS NULL THEN CAST(:now AS BIGINT) END
WHERE group_id = :group_id AND kind = :kind AND person_id IS NULL;

-- The zone moved: what comes next is computed anew, at the next wake-up. A date that had its occurrence has no second.
-- name: look_again_for_person(person_id, now)!
UPDATE schedules SET next_due_at = :now WHERE person_id = :person_id AND off_reason IS NULL;

-- name: look_again_in_group(group_id, now)!
UPDATE schedules SET next_due_at = :now WHERE group_id = :group_id AND off_reason IS NULL;
