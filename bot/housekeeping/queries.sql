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
