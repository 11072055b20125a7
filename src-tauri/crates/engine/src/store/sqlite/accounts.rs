//! People, teams, keys and the audit in SQLite: what the port of accounts asks for, each from the table that has it.

use super::{
    SqliteStore, change,
    table::{api_keys, audit, invitations, memberships, people, runs, sessions, teams},
};
use crate::{
    Error,
    accounts::{Caller, Deed, Piece, RefusedAct, Standing},
    engine::Act,
    store::accounts::{
        Acceptance, AccountAct, Accounts, Arrival, InvitationRecord, NewSession, PersonRecord, Rotation, TokenRecord,
    },
};
use domain::{
    ApiKey, AuditEntry, AuditLink, CorrelationId, Member, PersonId, Role, Team, TeamId, TeamPeople, Timestamp,
};

#[async_trait::async_trait]
impl Accounts for SqliteStore {
    async fn change(&self, act: AccountAct) -> Result<(), Error> {
        self.writer.write(act).await
    }

    async fn begin_session(&self, new: NewSession) -> Result<(), Error> {
        self.writer.write(change::BeginSession(new)).await
    }

    async fn rotate(&self, hash: &str, next: TokenRecord, correlation: &CorrelationId) -> Result<Rotation, Error> {
        let rotate = change::Rotate { hash: hash.to_owned(), next, correlation_id: correlation.clone() };
        self.writer.write(rotate).await
    }

    async fn accept(&self, acceptance: Acceptance) -> Result<PersonRecord, Error> {
        self.writer.write(change::Accept(acceptance)).await
    }

    async fn arrive(&self, arrival: Arrival) -> Result<Option<PersonRecord>, Error> {
        self.writer.write(change::Arrive(arrival)).await
    }

    async fn record(&self, act: &Act, deed: Deed) -> Result<(), Error> {
        self.writer.write(change::Record { act: act.clone(), deed }).await
    }

    async fn key_used(&self, key: &str) -> Result<(), Error> {
        self.writer.write(change::KeyUsed(key.to_owned())).await
    }

    async fn record_refusals(&self, refused: Vec<(RefusedAct, u32, CorrelationId)>) -> Result<(), Error> {
        self.writer.write(change::RecordRefusals(refused)).await
    }

    async fn by_access_token(&self, hash: &str) -> Result<Option<Caller>, Error> {
        sessions::by_access_token(&self.readers, hash, self.clock.now()).await
    }

    async fn by_key(&self, hash: &str) -> Result<Option<(Caller, Option<Timestamp>)>, Error> {
        api_keys::by_hash(&self.readers, hash, self.clock.now()).await
    }

    async fn holds(&self, caller: &Caller) -> Result<bool, Error> {
        let now = self.clock.now();
        match caller {
            Caller::Operator { .. } => Ok(true),
            Caller::Person { session, .. } => sessions::is_open(&self.readers, session, now).await,
            Caller::Key { id, .. } => {
                let key = api_keys::by_id(&self.readers, id).await?;
                Ok(key.is_some_and(|key| key.expires_at.is_none_or(|end| end > now)))
            }
        }
    }

    async fn person(&self, email: &str) -> Result<Option<PersonRecord>, Error> {
        people::by_email(&self.readers, email).await
    }

    async fn was_given(&self, person: &PersonId, refresh_hash: &str) -> Result<bool, Error> {
        sessions::was_given(&self.readers, person, refresh_hash).await
    }

    async fn invitation(&self, hash: &str) -> Result<Option<InvitationRecord>, Error> {
        invitations::by_hash(&self.readers, hash, self.clock.now()).await
    }

    async fn standing(&self, caller: &Caller, team: &TeamId) -> Result<Option<Standing>, Error> {
        let mut conn = self.readers.acquire().await?;
        change::standing(&mut conn, caller, team).await
    }

    async fn standings(&self, person: &PersonId) -> Result<Vec<Standing>, Error> {
        memberships::standings(&self.readers, person).await
    }

    async fn team_of_run(&self, run: &str) -> Result<Option<TeamId>, Error> {
        runs::team(&self.readers, run).await
    }

    async fn teams(&self, of: Option<&PersonId>) -> Result<Vec<Team>, Error> {
        match of {
            Some(person) => teams::of_person(&self.readers, person).await,
            None => teams::all(&self.readers).await,
        }
    }

    async fn team(&self, team: &TeamId) -> Result<Option<Team>, Error> {
        let found = teams::by_id(&self.readers, team).await?;
        Ok(found.map(|row| Team {
            id: team.to_string(),
            name: row.name,
            slug: row.slug,
            role: Role::Owner,
            joined_at: Some(Timestamp::from_millis(row.created_at)),
            subscription: None,
            may: Some(Role::Owner.permissions().to_vec()),
        }))
    }

    async fn people(&self, team: &TeamId, us: Option<&PersonId>) -> Result<TeamPeople, Error> {
        // One moment, so that somebody who accepts just now is either invited or a member.
        let mut moment = self.readers.begin().await?;
        let found = teams::by_id(&mut *moment, team).await?;
        let found = found.ok_or_else(|| Error::NotFound { what: format!("team {team}") })?;
        let members = memberships::of_team(&mut *moment, team).await?;
        let invitations = invitations::of_team(&mut *moment, team, self.clock.now()).await?;
        moment.rollback().await?;
        let marked = |(person, member)| Member { is_us: us == Some(&person), ..member };
        let members = members.into_iter().map(marked).collect();
        Ok(TeamPeople { team: team.to_string(), billing_email: found.billing_email, members, invitations })
    }

    async fn keys(&self, teams: Option<&[TeamId]>) -> Result<Vec<ApiKey>, Error> {
        api_keys::list(&self.readers, listed(teams).as_deref()).await
    }

    async fn key(&self, key: &str) -> Result<Option<ApiKey>, Error> {
        api_keys::by_id(&self.readers, key).await
    }

    async fn audit(&self, after: u64, limit: u32) -> Result<Piece, Error> {
        // Both statements of one moment.
        let mut moment = self.readers.begin().await?;
        let piece = audit::after(&mut moment, after, limit).await?;
        moment.rollback().await?;
        Ok(piece)
    }

    async fn audit_place_after(&self, after: u64) -> Result<Option<u64>, Error> {
        audit::place_after(&self.readers, after).await
    }

    async fn audit_before(&self, teams: Option<&[TeamId]>, before: u64, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        audit::before(&self.readers, listed(teams).as_deref(), before, limit).await
    }

    async fn audit_end(&self) -> Result<(AuditLink, u64), Error> {
        audit::end(&self.readers).await
    }
}

/// Teams as a JSON list for a statement.
fn listed(teams: Option<&[TeamId]>) -> Option<String> {
    teams.map(|teams| serde_json::to_string(teams).unwrap_or_else(|_| "[]".to_owned()))
}
