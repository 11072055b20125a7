-- A run that succeeded or was cancelled cannot be retried, so nothing in it waits for anybody.
DELETE FROM dead_letters WHERE run_id IN (SELECT id FROM runs WHERE status IN ('succeeded', 'cancelled'));
