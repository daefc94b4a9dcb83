-- Boards: who is listed, what they kept, what the group did, and boards as they were posted.

-- name: board_group(group_id)^
SELECT g.group_id, g.zone, g.units, g.language, g.week_starts_on, g.day_starts_minute, g.posts,
       COALESCE(g.posts_channel_id, g.runs_channel_id) AS channel_id
FROM groups g WHERE g.group_id = :group_id;

-- name: listed_zones(group_id)
SELECT DISTINCT COALESCE(p.zone, g.zone) AS zone
FROM members m
JOIN groups g ON g.group_id = m.group_id
JOIN people p ON p.person_id = m.person_id
WHERE m.group_id = :group_id AND m.listed = 1 AND m.left_at IS NULL;

-- Every day kept of those listed who ever paused: an earlier week may take a frozen one's part.
-- name: days_of_paused(group_id, from_day, last_day)
SELECT DISTINCT m.person_id, r.running_day
FROM members m
JOIN runs r ON r.group_id = m.group_id AND r.person_id = m.person_id AND r.running_day >= :from_day
           AND r.running_day <= :last_day AND r.undone_at IS NULL AND r.late = 0
WHERE m.group_id = :group_id AND m.listed = 1 AND m.left_at IS NULL
  AND EXISTS (SELECT 1 FROM pauses p WHERE p.group_id = m.group_id AND p.person_id = m.person_id);

-- Days that rest on nothing but runs that organisers set aside: they count for no board.
-- name: days_set_aside(group_id, from_day, last_day)
SELECT DISTINCT r.person_id, r.running_day
FROM runs r
WHERE r.group_id = :group_id AND r.set_aside_at IS NOT NULL AND r.running_day >= :from_day AND r.running_day <= :last_day
  AND r.undone_at IS NULL AND r.late = 0
  AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.group_id = r.group_id AND o.person_id = r.person_id
                    AND o.running_day = r.running_day AND o.undone_at IS NULL AND o.late = 0
                    AND o.set_aside_at IS NULL);

-- name: targets_since(group_id, after)
SELECT person_id, from_day, days FROM targets WHERE group_id = :group_id AND from_day > :after ORDER BY person_id, from_day;

-- name: targets_of_paused(group_id)
SELECT t.person_id, t.from_day, t.days FROM targets t
WHERE t.group_id = :group_id
  AND EXISTS (SELECT 1 FROM pauses p WHERE p.group_id = t.group_id AND p.person_id = t.person_id)
ORDER BY t.person_id, t.from_day;

-- name: pauses_of_listed(group_id)
SELECT p.person_id, p.from_day, p.until_day
FROM pauses p
JOIN members m ON m.group_id = p.group_id AND m.person_id = p.person_id
WHERE p.group_id = :group_id AND m.listed = 1 AND m.left_at IS NULL
ORDER BY p.person_id, p.from_day;

-- What the group can see of each listed member's runs.
-- name: sums_of_listed(group_id, first_day, last_day)
SELECT m.person_id, COALESCE(SUM(r.metres), 0) AS metres, COALESCE(SUM(r.seconds), 0) AS seconds
FROM members m
JOIN runs r ON r.group_id = m.group_id AND r.person_id = m.person_id AND r.running_day >= :first_day
           AND r.running_day <= :last_day AND r.undone_at IS NULL AND r.late = 0
WHERE m.group_id = :group_id AND m.listed = 1 AND m.left_at IS NULL AND r.visibility = 'group'
  AND r.set_aside_at IS NULL
GROUP BY m.person_id;

-- What the whole group can see of its runs, listed members' or not.
-- name: totals(group_id, first_day, last_day)^
SELECT COUNT(*) AS people, COALESCE(SUM(check_ins), 0) AS check_ins, COALESCE(SUM(days), 0) AS days,
       COALESCE(SUM(metres), 0) AS metres, COALESCE(SUM(seconds), 0) AS seconds
FROM (SELECT m.person_id, COUNT(*) AS check_ins, COUNT(DISTINCT r.running_day) AS days,
             COALESCE(SUM(r.metres), 0) AS metres, COALESCE(SUM(r.seconds), 0) AS seconds
      FROM members m
      JOIN runs r ON r.group_id = m.group_id AND r.person_id = m.person_id AND r.running_day >= :first_day
                 AND r.running_day <= :last_day AND r.undone_at IS NULL AND r.late = 0
      WHERE m.group_id = :group_id AND r.visibility = 'group' AND r.set_aside_at IS NULL
      GROUP BY m.person_id) AS members;

-- Whether anybody entered anything at all of a week, private runs included.
-- name: any_check_in(group_id, first_day, last_day)^
SELECT m.person_id FROM members m
WHERE m.group_id = :group_id
  AND EXISTS (SELECT 1 FROM runs r WHERE r.group_id = m.group_id AND r.person_id = m.person_id
                AND r.running_day >= :first_day AND r.running_day <= :last_day AND r.undone_at IS NULL AND r.late = 0)
LIMIT 1;

-- Boards as they were posted.

-- name: board_of_week(group_id, week_day)^
SELECT * FROM boards WHERE group_id = :group_id AND week_day = :week_day;

-- name: board_by_id(board_id, group_id)^
SELECT b.*, g.zone, g.units, g.language, g.week_starts_on, g.day_starts_minute, d.content,
       d.channel_id, d.message_id
FROM boards b
JOIN groups g ON g.group_id = b.group_id
JOIN deliveries d ON d.delivery_id = b.board_id
WHERE b.board_id = :board_id AND b.group_id = :group_id;

-- name: add_board(board_id, group_id, week_day, listed, people, check_ins, days, metres, seconds, now)!
INSERT INTO boards (board_id, group_id, week_day, listed, people, check_ins, days, metres, seconds, created_at)
VALUES (:board_id, :group_id, :week_day, :listed, :people, :check_ins, :days, :metres, :seconds, :now);

-- name: add_entry(board_id, position, place, share, kept, person_id)*!
INSERT INTO board_entries (board_id, position, place, share, kept, person_id)
VALUES (:board_id, :position, :place, :share, :kept, :person_id);

-- name: entries(board_id)
SELECT place, share, kept, person_id FROM board_entries WHERE board_id = :board_id ORDER BY position;

-- Listing.

-- name: listing(group_id, person_id)$
SELECT listed FROM members WHERE group_id = :group_id AND person_id = :person_id;

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- name: set_listed(group_id, person_id, listed, now)!
INSERT INTO members (group_id, person_id, listed, listing_asked_at, created_at)
VALUES (:group_id, :person_id, :listed, :now, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET
    listed = excluded.listed, left_at = NULL,
    listing_asked_at = COALESCE(members.listing_asked_at, excluded.listing_asked_at);

-- A name is taken out of boards that were posted; the place stands.
-- name: mark_redraw(group_id, person_id)!
UPDATE boards SET redraw = 1
WHERE group_id = :group_id
  AND board_id IN (SELECT e.board_id FROM board_entries e WHERE e.person_id = :person_id);

-- name: take_out(group_id, person_id)!
UPDATE board_entries SET person_id = NULL
WHERE person_id = :person_id AND board_id IN (SELECT b.board_id FROM boards b WHERE b.group_id = :group_id);

-- One that is still on its way waits until it is there.
-- name: to_redraw(most)
SELECT b.board_id, b.group_id FROM boards b
JOIN deliveries d ON d.delivery_id = b.board_id
WHERE b.redraw = 1 AND d.message_id IS NOT NULL ORDER BY b.board_id DESC LIMIT :most;

-- name: redrawn(board_id, taken_out)!
UPDATE boards SET redraw = 0
WHERE board_id = :board_id
  AND :taken_out = (SELECT COUNT(*) FROM board_entries e WHERE e.board_id = :board_id AND e.person_id IS NULL);
