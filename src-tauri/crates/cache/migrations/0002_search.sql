-- Full-text indexes over the tables themselves. Triggers keep them in step within the transaction of each write, also
-- when a row goes because its connection goes.

CREATE VIRTUAL TABLE run_text USING fts5 (run, goal, content = 'run', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER run_text_added AFTER INSERT ON run BEGIN
    INSERT INTO run_text (rowid, run, goal) VALUES (new.id, new.run, new.goal);
END;
CREATE TRIGGER run_text_removed AFTER DELETE ON run BEGIN
    INSERT INTO run_text (run_text, rowid, run, goal) VALUES ('delete', old.id, old.run, old.goal);
END;
CREATE TRIGGER run_text_changed AFTER UPDATE ON run WHEN old.goal IS NOT new.goal BEGIN
    INSERT INTO run_text (run_text, rowid, run, goal) VALUES ('delete', old.id, old.run, old.goal);
    INSERT INTO run_text (rowid, run, goal) VALUES (new.id, new.run, new.goal);
END;

CREATE VIRTUAL TABLE step_text USING fts5 (name, failure, content = 'step', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER step_text_added AFTER INSERT ON step BEGIN
    INSERT INTO step_text (rowid, name, failure) VALUES (new.id, new.name, new.failure);
END;
CREATE TRIGGER step_text_removed AFTER DELETE ON step BEGIN
    INSERT INTO step_text (step_text, rowid, name, failure) VALUES ('delete', old.id, old.name, old.failure);
END;
CREATE TRIGGER step_text_changed AFTER UPDATE ON step WHEN old.name IS NOT new.name OR old.failure IS NOT new.failure BEGIN
    INSERT INTO step_text (step_text, rowid, name, failure) VALUES ('delete', old.id, old.name, old.failure);
    INSERT INTO step_text (rowid, name, failure) VALUES (new.id, new.name, new.failure);
END;

CREATE VIRTUAL TABLE event_text USING fts5 (reason, content = 'event', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER event_text_added AFTER INSERT ON event WHEN new.reason IS NOT NULL BEGIN
    INSERT INTO event_text (rowid, reason) VALUES (new.id, new.reason);
END;
CREATE TRIGGER event_text_removed AFTER DELETE ON event WHEN old.reason IS NOT NULL BEGIN
    INSERT INTO event_text (event_text, rowid, reason) VALUES ('delete', old.id, old.reason);
END;

CREATE VIRTUAL TABLE log_text USING fts5 (text, content = 'log', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER log_text_added AFTER INSERT ON log BEGIN
    INSERT INTO log_text (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER log_text_removed AFTER DELETE ON log BEGIN
    INSERT INTO log_text (log_text, rowid, text) VALUES ('delete', old.id, old.text);
END;
