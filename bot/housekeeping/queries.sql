-- name: remove_undone(before)!
DELETE FROM runs WHERE undone_at IS NOT NULL AND undone_at <= :before;

-- name: groups_gone(before)
SELECT group_id FROM groups WHERE left_at IS NOT NULL AND left_at <= :before ORDER BY group_id;

-- People whom no other group knows go with the group, and with them all that hangs on them.
-- name: erase_people_of(group_id, before)!
DELETE FROM people
WHERE person_id IN (
    SELECT members.person_id FROM members JOIN groups ON groups.group_id = members.group_id
    WHERE groups.group_id = :group_id AND groups.left_at <= :before
)
AND NOT EXISTS (
    SELECT 1 FROM members WHERE members.person_id = people.person_id AND members.group_id <> :group_id
);

-- name: erase_group(group_id, before)!
DELETE FROM groups WHERE group_id = :group_id AND left_at <= :before;

-- Its cards are where the bot no longer is.
-- name: forget_cards_of(group_id)!
DELETE FROM card_removals WHERE group_id = :group_id;

-- name: groups_known()
SELECT group_id, left_at FROM groups;

-- name: came_back(group_id)!
UPDATE groups SET left_at = NULL WHERE group_id = :group_id;

-- name: was_left(group_id, now)!
UPDATE groups SET left_at = :now WHERE group_id = :group_id AND left_at IS NULL;

-- Feelings, and what is kept of them. A batch at a time, so that nobody waits for long.

-- name: forget_moods(before, most)!
DELETE FROM moods WHERE mood_id IN (
    SELECT mood_id FROM moods WHERE entered_at <= :before ORDER BY entered_at LIMIT :most
);

-- name: forget_run_starts(before, most)!
DELETE FROM run_starts WHERE start_id IN (
    SELECT start_id FROM run_starts WHERE pressed_at <= :before ORDER BY pressed_at LIMIT :most
);

-- name: forget_figures(before_day)!
DELETE FROM group_figures WHERE week_day < :before_day;

-- Who agreed to keeping feelings and entered none for so long, in the order of their keys from a place in it on.
-- name: silent(before, after_group, after_person, most)
SELECT c.group_id, c.person_id FROM consents c
WHERE c.purpose = 'keep' AND c.agreed_at <= :before
  AND (c.group_id > :after_group OR (c.group_id = :after_group AND c.person_id > :after_person))
  AND NOT EXISTS (SELECT 1 FROM moods m
                  WHERE m.group_id = c.group_id AND m.person_id = c.person_id AND m.entered_at > :before)
ORDER BY c.group_id, c.person_id LIMIT :most;

-- name: is_silent(group_id, person_id, before)$
SELECT COUNT(*) FROM consents c
WHERE c.group_id = :group_id AND c.person_id = :person_id AND c.purpose = 'keep' AND c.agreed_at <= :before
  AND NOT EXISTS (SELECT 1 FROM moods m
                  WHERE m.group_id = c.group_id AND m.person_id = c.person_id AND m.entered_at > :before);

-- Processes' clocks differ by seconds: a turn that stands a little further ahead than one's own would was taken just now.
-- What stands further ahead than `latest` was taken by a clock that was set back since, and stops nobody.
-- name: take_turn(job, now, next_at, latest)^
INSERT INTO turns (job, next_at) VALUES (:job, :next_at)
ON CONFLICT (job) DO UPDATE SET next_at = excluded.next_at
WHERE turns.next_at <= CAST(:now AS BIGINT) OR turns.next_at > CAST(:latest AS BIGINT)
RETURNING job;
