-- Support resources, and when a member last saw them unasked.

-- name: latest_moods(group_id, person_id, most)
SELECT entered_at, entered_day, mood FROM moods
WHERE group_id = :group_id AND person_id = :person_id
ORDER BY entered_at DESC, mood_id DESC LIMIT :most;

-- name: care_of(group_id, person_id)^
SELECT g.resources, c.shown_day, c.dismissed
FROM groups g LEFT JOIN care_shown c ON c.group_id = g.group_id AND c.person_id = :person_id
WHERE g.group_id = :group_id;

-- name: set_shown(group_id, person_id, day)!
INSERT INTO care_shown (group_id, person_id, shown_day) VALUES (:group_id, :person_id, :day)
ON CONFLICT (group_id, person_id) DO UPDATE SET shown_day = excluded.shown_day;
