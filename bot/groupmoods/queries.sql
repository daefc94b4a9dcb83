-- A group's weekly mood: worked out once and never again.

-- Groups that have no figure yet of the week that begins seven days after overlaps_after, nor one that overlaps it
-- (the first day of the group's week may have been changed since).
-- name: groups_due(week_starts_on, overlaps_after)
SELECT g.group_id FROM groups g
WHERE g.feelings_confirmed_at IS NOT NULL AND g.left_at IS NULL AND g.week_starts_on = :week_starts_on
  AND NOT EXISTS (SELECT 1 FROM group_figures f
                  WHERE f.group_id = g.group_id AND f.week_day > :overlaps_after)
ORDER BY g.group_id;

-- name: is_due(group_id, week_starts_on, overlaps_after)$
SELECT COUNT(*) FROM groups g
WHERE g.group_id = :group_id
  AND g.feelings_confirmed_at IS NOT NULL AND g.left_at IS NULL AND g.week_starts_on = :week_starts_on
  AND NOT EXISTS (SELECT 1 FROM group_figures f
                  WHERE f.group_id = g.group_id AND f.week_day > :overlaps_after);

-- Of each member who agreed, in the present words and at the present age: the sum and the number of the week's moods.
-- What they entered before they agreed to counting stays out. No running day begins a day before its date in UTC, so
-- older entries need no look.
-- name: respondents(group_id, first_day, last_day, entered_from, scale_version, keep_version, figure_version)
SELECT m.person_id, SUM(e.mood) AS total, COUNT(*) AS entries
FROM members m
JOIN groups g ON g.group_id = m.group_id
JOIN consents k ON k.group_id = m.group_id AND k.person_id = m.person_id AND k.purpose = 'keep'
               AND k.version = :keep_version AND k.age >= g.feelings_age
JOIN consents f ON f.group_id = m.group_id AND f.person_id = m.person_id AND f.purpose = 'group_figure'
               AND f.version = :figure_version AND f.age >= g.feelings_age
JOIN moods e ON e.group_id = m.group_id AND e.person_id = m.person_id AND e.entered_at >= :entered_from
            AND e.entered_at >= f.agreed_at
            AND e.entered_day >= :first_day AND e.entered_day <= :last_day AND e.scale_version = :scale_version
WHERE m.group_id = :group_id AND m.left_at IS NULL
GROUP BY m.person_id;

-- name: last_shown(group_id)^
SELECT respondents FROM group_figures
WHERE group_id = :group_id AND half_points IS NOT NULL
ORDER BY week_day DESC LIMIT 1;

-- name: people_shown(group_id)
SELECT person_id FROM figure_people WHERE group_id = :group_id;

-- name: add_figure(group_id, week_day, half_points, respondents, now)!
INSERT INTO group_figures (group_id, week_day, half_points, respondents, computed_at)
VALUES (:group_id, :week_day, CAST(:half_points AS INTEGER), :respondents, :now)
ON CONFLICT (group_id, week_day) DO NOTHING;

-- name: forget_people(group_id)!
DELETE FROM figure_people WHERE group_id = :group_id;

-- name: add_person(group_id, person_id)*!
INSERT INTO figure_people (group_id, person_id) VALUES (:group_id, :person_id);

-- name: latest(group_id, most)
SELECT week_day, half_points, respondents FROM group_figures
WHERE group_id = :group_id ORDER BY week_day DESC LIMIT :most;
