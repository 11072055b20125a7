-- What the breaker that an attempt met made of it. Attempts of before do not tell.
ALTER TABLE attempts ADD COLUMN breaker_verdict TEXT CONSTRAINT attempt_verdict_known
    CHECK (breaker_verdict IN ('success', 'failure', 'ignored', 'refused'));
