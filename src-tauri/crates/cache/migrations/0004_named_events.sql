-- Events of planes that do not number them carry a name of the plane's own, by which they are known again.
ALTER TABLE event ADD COLUMN name TEXT;
CREATE UNIQUE INDEX event_name_is_unique ON event (connection, run, name) WHERE name IS NOT NULL;
