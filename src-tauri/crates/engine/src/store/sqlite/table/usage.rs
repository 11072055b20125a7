//! What attempts used, added up from `attempts` over the runs of a team.

use super::super::column::unsigned;
use crate::Error;
use domain::{ProviderUsage, TeamId, Timestamp, UsedTokens};
use sqlx::SqliteExecutor;

/// What the attempts of a team used that ended in this time, by provider and model. An attempt belongs to the time of its
/// end, since only then it is known what it used.
pub(crate) async fn lines(
    conn: impl SqliteExecutor<'_>,
    team: &TeamId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<ProviderUsage>, Error> {
    let (team, from, to) = (team.as_str(), from.as_millis(), to.as_millis());
    let rows = sqlx::query!(
        r#"SELECT coalesce(attempts.provider, steps.tool) AS "provider!: String", attempts.model AS "model?: String",
                  count(*) AS "attempts!: i64",
                  coalesce(sum(json_extract(usage, '$.input_tokens')), 0) AS "input_tokens!: i64",
                  coalesce(sum(json_extract(usage, '$.output_tokens')), 0) AS "output_tokens!: i64",
                  coalesce(sum(json_extract(usage, '$.cost_micro_usd')), 0) AS "cost!: i64",
                  coalesce(sum(json_extract(usage, '$.cost_micro_usd') IS NULL), 0) AS "unpriced!: i64"
           FROM attempts CROSS JOIN runs ON runs.id = attempts.run_id
           JOIN steps ON steps.id = attempts.step_id
           WHERE usage IS NOT NULL AND attempts.ended_at >= ?2 AND attempts.ended_at < ?3 AND runs.team = ?1
           GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1000"#,
        team,
        from,
        to
    );
    let lines = rows.fetch_all(conn).await?.into_iter().map(|row| ProviderUsage {
        provider: row.provider,
        model: row.model,
        used: UsedTokens {
            attempts: unsigned(row.attempts),
            input_tokens: unsigned(row.input_tokens),
            output_tokens: unsigned(row.output_tokens),
            cost_micro_usd: unsigned(row.cost),
            unpriced_attempts: unsigned(row.unpriced),
        },
    });
    Ok(lines.collect())
}

/// Runs of a team that were started in this time.
pub(crate) async fn runs_started(
    conn: impl SqliteExecutor<'_>,
    team: &TeamId,
    (from, to): (Timestamp, Timestamp),
) -> Result<u64, Error> {
    let (team, from, to) = (team.as_str(), from.as_millis(), to.as_millis());
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM runs WHERE team = ?1 AND created_at >= ?2 AND created_at < ?3 LIMIT 1"#,
        team,
        from,
        to
    );
    Ok(unsigned(count.fetch_one(conn).await?))
}
