-- Polls: what organisers ask, the polls that come of it, and their votes under one-way codes.

-- Always one row, whoever asks.
-- name: feelings_on(group_id)^
SELECT CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- name: add_plan(plan_id, group_id, maker_id, interaction_id, kind, question, answers, minimum, open_seconds, weekly, channel_id, now)!
INSERT INTO poll_plans (plan_id, group_id, maker_id, interaction_id, kind, question, answers, minimum, open_seconds,
                        weekly, channel_id, created_at)
VALUES (:plan_id, :group_id, :maker_id, :interaction_id, :kind, CAST(:question AS TEXT), CAST(:answers AS TEXT),
        :minimum, :open_seconds, :weekly, :channel_id, :now)
ON CONFLICT (interaction_id) DO NOTHING;

-- name: plan_of_interaction(group_id, maker_id, interaction_id)$
SELECT plan_id FROM poll_plans
WHERE interaction_id = :interaction_id AND group_id = :group_id AND maker_id = :maker_id;

-- A maker has one draft.
-- name: remove_drafts(group_id, maker_id, but)!
DELETE FROM poll_plans
WHERE group_id = :group_id AND maker_id = :maker_id AND posted_at IS NULL AND plan_id <> :but;

-- name: remove_draft(group_id, maker_id, plan_id)!
DELETE FROM poll_plans
WHERE plan_id = :plan_id AND group_id = :group_id AND maker_id = :maker_id AND posted_at IS NULL;

-- name: forget_drafts(before)!
DELETE FROM poll_plans WHERE posted_at IS NULL AND created_at < :before;

-- name: plan(group_id, plan_id)^
SELECT p.*, g.zone, g.language, g.feelings_age, s.next_due_at,
       CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on
FROM poll_plans p
JOIN groups g ON g.group_id = p.group_id
LEFT JOIN schedules s ON s.poll_plan_id = p.plan_id
WHERE p.plan_id = :plan_id AND p.group_id = :group_id;

-- Weekly ones that go on, and all whose poll is open or still to come.
-- name: polls_under_way(group_id)$
SELECT COUNT(*) FROM poll_plans p
WHERE p.group_id = :group_id AND p.posted_at IS NOT NULL
  AND ((p.weekly = 1 AND p.stopped_at IS NULL)
       OR EXISTS (SELECT 1 FROM polls o WHERE o.plan_id = p.plan_id AND o.closed_at IS NULL)
       OR EXISTS (SELECT 1 FROM schedules s JOIN deliveries d ON d.schedule_id = s.schedule_id
                  WHERE s.poll_plan_id = p.plan_id AND d.state = 'due'));

-- name: post_plan(plan_id, now)!
UPDATE poll_plans SET posted_at = :now WHERE plan_id = :plan_id AND posted_at IS NULL;

-- name: add_schedule(schedule_id, group_id, plan_id, minute, weekdays, off_reason, last_day, next_due_at, now)!
INSERT INTO schedules (schedule_id, group_id, poll_plan_id, kind, minute, weekdays, off_reason, last_day, next_due_at,
                       since_at, created_at)
VALUES (:schedule_id, :group_id, :plan_id, 'moodpoll', :minute, :weekdays, CAST(:off_reason AS TEXT), :last_day,
        CAST(:next_due_at AS BIGINT), :now, :now);

-- name: add_delivery(delivery_id, schedule_id, group_id, day, now)!
INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, try_at, created_at)
VALUES (:delivery_id, :schedule_id, :group_id, 'moodpoll', :day, :now, 'due', :now, :now);

-- name: stop_plan(group_id, plan_id, now)!
UPDATE poll_plans SET stopped_at = :now
WHERE plan_id = :plan_id AND group_id = :group_id AND posted_at IS NOT NULL AND stopped_at IS NULL;

-- name: stop_schedule(plan_id)!
UPDATE schedules SET off_reason = 'by_owner', next_due_at = NULL
WHERE poll_plan_id = :plan_id AND off_reason IS NULL;

-- name: go_on_with_plan(group_id, plan_id)!
UPDATE poll_plans SET stopped_at = NULL
WHERE plan_id = :plan_id AND group_id = :group_id AND stopped_at IS NOT NULL AND weekly = 1;

-- name: go_on_with_schedule(plan_id, now)!
UPDATE schedules SET off_reason = NULL, next_due_at = :now, since_at = :now, failures = 0
WHERE poll_plan_id = :plan_id AND off_reason IS NOT NULL AND off_reason <> 'once';

-- A delivery on its way: its plan.
-- name: plan_of_schedule(schedule_id)^
SELECT p.*, g.zone, g.language, g.feelings_age, s.next_due_at,
       CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on
FROM schedules s
JOIN poll_plans p ON p.plan_id = s.poll_plan_id
JOIN groups g ON g.group_id = p.group_id
WHERE s.schedule_id = :schedule_id;

-- name: add_poll(poll_id, plan_id, group_id, now, closes_at)!
INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at)
VALUES (:poll_id, :plan_id, :group_id, :now, :closes_at)
ON CONFLICT (poll_id) DO NOTHING;

-- Its message leaves later than was thought.
-- name: open_later(poll_id, now, closes_at)!
UPDATE polls SET opened_at = :now, closes_at = :closes_at WHERE poll_id = :poll_id AND closed_at IS NULL;

-- name: add_secret(poll_id, secret)!
INSERT INTO poll_secrets (poll_id, secret) VALUES (:poll_id, :secret);

-- name: poll(group_id, poll_id)^
SELECT o.poll_id, o.closes_at, o.closed_at, o.result, p.*, g.language, g.feelings_age, s.secret,
       CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on,
       d.channel_id AS posted_channel_id, d.message_id AS posted_message_id
FROM polls o
JOIN poll_plans p ON p.plan_id = o.plan_id
JOIN groups g ON g.group_id = o.group_id
LEFT JOIN poll_secrets s ON s.poll_id = o.poll_id
LEFT JOIN deliveries d ON d.delivery_id = o.poll_id AND d.state = 'sent'
WHERE o.poll_id = :poll_id AND o.group_id = :group_id;

-- What is not chosen now stays as it was.
-- name: vote(poll_id, voter, first, second)^
INSERT INTO poll_votes (poll_id, voter, first, second)
VALUES (:poll_id, :voter, CAST(:first AS INTEGER), CAST(:second AS INTEGER))
ON CONFLICT (poll_id, voter) DO UPDATE SET first = COALESCE(excluded.first, poll_votes.first),
                                           second = COALESCE(excluded.second, poll_votes.second)
RETURNING first, second;

-- name: own_vote(poll_id, voter)^
SELECT first, second FROM poll_votes WHERE poll_id = :poll_id AND voter = :voter;

-- name: remove_vote(poll_id, voter)!
DELETE FROM poll_votes WHERE poll_id = :poll_id AND voter = :voter;

-- name: votes(poll_id)
SELECT first, second FROM poll_votes WHERE poll_id = :poll_id;

-- name: remove_votes(poll_id)!
DELETE FROM poll_votes WHERE poll_id = :poll_id;

-- name: remove_secret(poll_id)!
DELETE FROM poll_secrets WHERE poll_id = :poll_id;

-- name: close_poll(poll_id, result, now)!
UPDATE polls SET closed_at = :now, result = :result, redraw = 1 WHERE poll_id = :poll_id AND closed_at IS NULL;

-- A poll that lost its secret (it came from a backup) is due as well. One whose message is on its way still is not.
-- name: polls_due(now)
SELECT o.poll_id, o.group_id FROM polls o
LEFT JOIN poll_secrets s ON s.poll_id = o.poll_id
LEFT JOIN deliveries d ON d.delivery_id = o.poll_id
WHERE o.closed_at IS NULL AND d.try_at IS NULL AND (o.closes_at <= :now OR s.poll_id IS NULL)
ORDER BY o.closes_at, o.poll_id LIMIT 100;

-- Messages that are out of date, once they stand or are given up.
-- name: polls_to_redraw()
SELECT o.poll_id, o.group_id FROM polls o
LEFT JOIN deliveries d ON d.delivery_id = o.poll_id
WHERE o.redraw = 1 AND d.try_at IS NULL
ORDER BY o.poll_id LIMIT 25;

-- name: polls_unfinished()$
SELECT COUNT(*) FROM polls WHERE redraw = 1;

-- name: redrawn(poll_id)!
UPDATE polls SET redraw = 0 WHERE poll_id = :poll_id;

-- The words of somebody who is erased go with their polls; a pulse has none of theirs.
-- name: queue_messages_of_maker(group_id, maker_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT d.message_id, d.channel_id, d.group_id, CAST(:now AS BIGINT)
FROM poll_plans p
JOIN polls o ON o.plan_id = p.plan_id
JOIN deliveries d ON d.delivery_id = o.poll_id AND d.state = 'sent'
WHERE p.group_id = :group_id AND p.maker_id = :maker_id AND p.kind = 'question'
ON CONFLICT (message_id) DO NOTHING;

-- name: remove_plans_of_maker(group_id, maker_id)!
DELETE FROM poll_plans
WHERE group_id = :group_id AND maker_id = :maker_id AND (kind = 'question' OR posted_at IS NULL);
