-- Groups, people, members and their check-ins.
-- One DDL for SQLite and PostgreSQL. Ids of Discord are snowflakes (BIGINT). Moments are UTC epoch seconds
-- (columns ending in _at), days are ISO dates as text (columns ending in _day), durations are whole seconds,
-- distances whole metres, flags 0 or 1, clock times minutes after midnight (columns ending in _minute).

CREATE TABLE groups (
    group_id BIGINT PRIMARY KEY,
    zone TEXT NOT NULL DEFAULT 'UTC',                       -- IANA name
    units TEXT NOT NULL DEFAULT 'km' CHECK (units IN ('km', 'mi')),
    language TEXT NOT NULL DEFAULT 'en',                    -- of the group's public cards
    week_starts_on INTEGER NOT NULL DEFAULT 0 CHECK (week_starts_on BETWEEN 0 AND 6),  -- 0 is Monday
    day_starts_minute INTEGER NOT NULL DEFAULT 240 CHECK (day_starts_minute BETWEEN 0 AND 720),
    organiser_role_id BIGINT,
    runs_channel_id BIGINT,
    panel_channel_id BIGINT,                                -- the permanent card, once posted
    panel_message_id BIGINT,
    set_up_at BIGINT,                                       -- null until Quick start was done
    nudged_at BIGINT,                                       -- when the organiser was told that setup waits
    created_at BIGINT NOT NULL,
    left_at BIGINT,                                         -- the bot was removed: erased 30 days after
    CHECK ((panel_channel_id IS NULL) = (panel_message_id IS NULL))
);

-- What follows a person into every group.
CREATE TABLE people (
    person_id BIGINT PRIMARY KEY,
    zone TEXT,                                              -- null: the group's, until confirmed
    units TEXT CHECK (units IN ('km', 'mi')),
    language TEXT,
    quiet_from_minute INTEGER CHECK (quiet_from_minute BETWEEN 0 AND 1439),
    quiet_until_minute INTEGER CHECK (quiet_until_minute BETWEEN 0 AND 1439),
    created_at BIGINT NOT NULL,
    CHECK ((quiet_from_minute IS NULL) = (quiet_until_minute IS NULL))
);

-- What a person chose within one group.
CREATE TABLE members (
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL REFERENCES people (person_id) ON DELETE CASCADE,
    visibility TEXT NOT NULL DEFAULT 'group' CHECK (visibility IN ('group', 'private')),
    weekly_metres INTEGER CHECK (weekly_metres BETWEEN 1 AND 1000000),
    weekly_minutes INTEGER CHECK (weekly_minutes BETWEEN 1 AND 10080),
    plan TEXT,                                              -- "when X, I run", in the member's own words
    zone_asked_at BIGINT,                                   -- when the first check-in asked for the zone
    created_at BIGINT NOT NULL,
    left_at BIGINT,                                         -- seen to have left: erased 30 days after
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX members_by_person ON members (person_id);

-- The days a week that a member means to keep, from the week that begins on from_day on.
-- The earliest row counts backwards as well.
CREATE TABLE targets (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    from_day TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 7),
    set_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id, from_day),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);

CREATE TABLE pauses (
    pause_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT,                                         -- the last paused day; null: until ended
    reason TEXT,                                            -- the member's own words, shown to nobody else
    interaction_id BIGINT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    CHECK (until_day IS NULL OR until_day >= from_day),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX pauses_by_member ON pauses (group_id, person_id, from_day);

-- Days on which a member said "Resting": that day's reminders are silent.
CREATE TABLE rest_days (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    rest_day TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id, rest_day),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);

-- One row a check-in, with or without numbers.
CREATE TABLE runs (
    run_id BIGINT PRIMARY KEY,                              -- ours, and no secret: every query also names group and member
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,                         -- Discord may deliver an interaction twice
    ordinal INTEGER NOT NULL DEFAULT 0,                     -- within an import of many files
    activity TEXT NOT NULL CHECK (activity IN ('run', 'walk')),
    running_day TEXT NOT NULL,
    started_at BIGINT,                                      -- null: the day alone is known
    metres INTEGER CHECK (metres BETWEEN 1 AND 400000),
    seconds INTEGER CHECK (seconds BETWEEN 1 AND 86400),
    source TEXT NOT NULL CHECK (source IN ('tap', 'typed', 'file')),
    content_hash TEXT,                                      -- of the file: the same one counts once
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)), -- a file older than 30 days when uploaded: records and statistics alone
    visibility TEXT NOT NULL CHECK (visibility IN ('group', 'private')),
    note TEXT,
    note_hidden INTEGER NOT NULL DEFAULT 0 CHECK (note_hidden IN (0, 1)),
    set_aside_at BIGINT,                                    -- by an organiser: out of standings
    set_aside_reason TEXT,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    undone_at BIGINT,                                       -- can be taken back for ten minutes, then removed
    channel_id BIGINT,                                      -- the run's card, where one was posted
    message_id BIGINT,
    CHECK ((channel_id IS NULL) = (message_id IS NULL)),
    CHECK (source = 'file' OR content_hash IS NULL),
    UNIQUE (interaction_id, ordinal),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
-- Covers days kept, sums by day and history without reading the row itself.
CREATE INDEX runs_by_day ON runs (
    group_id, person_id, running_day, undone_at, late, activity, metres, seconds, started_at, run_id
);
CREATE UNIQUE INDEX runs_by_file ON runs (group_id, person_id, content_hash) WHERE content_hash IS NOT NULL AND undone_at IS NULL;
CREATE INDEX runs_undone ON runs (undone_at) WHERE undone_at IS NOT NULL;

-- The best stretch of a run over each record distance, for those that the run reaches.
CREATE TABLE bests (
    run_id BIGINT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    mark INTEGER NOT NULL CHECK (mark > 0),                 -- metres: 1000, 5000, 10000, 21098, 42195
    seconds INTEGER NOT NULL CHECK (seconds > 0),
    PRIMARY KEY (run_id, mark)
);
CREATE INDEX bests_by_mark ON bests (group_id, person_id, mark, seconds, run_id);

CREATE TABLE cheers (
    run_id BIGINT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL,
    cheered_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, person_id)
);
CREATE INDEX cheers_by_person ON cheers (person_id);

CREATE TABLE reports (
    run_id BIGINT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL,                              -- who reported
    reason TEXT,
    reported_at BIGINT NOT NULL,
    settled_at BIGINT,                                      -- an organiser dealt with it
    PRIMARY KEY (run_id, person_id)
);
CREATE INDEX reports_by_person ON reports (person_id);

-- What an owner is told privately at the next interaction (a run set aside, a vanished channel).
CREATE TABLE notices (
    notice_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    run_id BIGINT REFERENCES runs (run_id) ON DELETE CASCADE,
    detail TEXT,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX notices_by_member ON notices (group_id, person_id);

-- Messages of ours that are to go because what they showed was erased: removed one by one, then forgotten.
-- They outlive whatever they belonged to, so nothing is referenced.
CREATE TABLE card_removals (
    message_id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX card_removals_by_group ON card_removals (group_id, requested_at);

-- What Discord was last given of our commands: they are sent again when this hash changes.
CREATE TABLE command_trees (
    application_id BIGINT NOT NULL,
    scope BIGINT NOT NULL,                                  -- 0: everywhere; else a group's id
    tree_hash TEXT NOT NULL,
    synced_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, scope)
);
