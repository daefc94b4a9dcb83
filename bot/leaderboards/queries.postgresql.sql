-- What SQLite says in other words (queries.sqlite.sql).

-- Listed members, a row each: the day of the first check-in (null: none), the days kept of the weeks that are looked at
-- (from `from_day` until before `until`) one after the other, and the target when the earliest of them began (null: none
-- yet). Each part reads no more of the index than it shows, so that a long history costs nothing.
-- name: listed_members(group_id, from_day, until)
SELECT m.person_id,
       (SELECT r.running_day FROM runs r WHERE r.group_id = m.group_id AND r.person_id = m.person_id
          AND r.undone_at IS NULL AND r.late = 0 ORDER BY r.running_day LIMIT 1) AS first_day,
       (SELECT STRING_AGG(r.running_day, ',') FROM runs r WHERE r.group_id = m.group_id AND r.person_id = m.person_id
          AND r.undone_at IS NULL AND r.late = 0 AND r.running_day >= :from_day AND r.running_day < :until) AS days,
       (SELECT t.days FROM targets t WHERE t.group_id = m.group_id AND t.person_id = m.person_id
          AND t.from_day <= :from_day ORDER BY t.from_day DESC LIMIT 1) AS target
FROM members m
WHERE m.group_id = :group_id AND m.listed = 1 AND m.left_at IS NULL;
