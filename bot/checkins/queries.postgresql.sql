-- The most metres of any week but the one that begins on week_day, since from_day, as far as they were entered before
-- a run. Weeks are counted in whole sevens of days from week_day; 700,000 days keep the count above zero.
-- name: other_weeks(group_id, person_id, run_id, from_day, week_day, week_end)$
SELECT MAX(metres) FROM (
    SELECT SUM(metres) AS metres FROM runs
    WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND activity = 'run'
      AND run_id < :run_id AND running_day >= :from_day AND NOT running_day BETWEEN :week_day AND :week_end
      AND metres IS NOT NULL
    GROUP BY (CAST(running_day AS DATE) - CAST(CAST(:week_day AS TEXT) AS DATE) + 700000) / 7
) AS weeks;
