//! People sign in, go on, and sign out.

use super::{Act, Engine, acts};
use crate::{
    Error,
    accounts::{SignedIn, Tokens, password, rules::Judge, secret, session},
    store::accounts::{Acceptance, AccountAct, AccountChange, NewSession, PersonRecord, Rotation, TokenRecord},
};
use domain::{CorrelationId, PersonId, Secret};

/// What a person who was invited says of themselves; nothing if they have an account already and sign in with it.
#[derive(Debug, Clone)]
pub struct Introduction {
    /// What they are called; needed from somebody new.
    pub name: Option<String>,
    /// Their password: a new one, or the one of their account.
    pub password: Secret,
}

impl Engine {
    /// Signs a person in by password. The answer takes as long for somebody who is not there.
    pub async fn sign_in(
        &self,
        email: &str,
        given: &Secret,
        correlation_id: &CorrelationId,
    ) -> Result<SignedIn, Error> {
        self.refuse_when_stopping()?;
        let person = self.accounts().person(&email.trim().to_lowercase()).await?;
        let kept = person.as_ref().and_then(|person| person.password.as_deref());
        let fits = self.house.passwords.verify(given, kept).await?;
        let person = person.filter(|_| fits).ok_or_else(sign_in_refused)?;
        self.begin_session(person, "password", correlation_id).await
    }

    /// Whether a person was once given this refresh token: such a device is no stranger, whether or not the token still
    /// holds.
    pub async fn knows_device(&self, email: &str, refresh: &Secret) -> Result<bool, Error> {
        let Some(person) = self.accounts().person(&email.trim().to_lowercase()).await? else { return Ok(false) };
        self.accounts().was_given(&person.id, &secret::hash(refresh.expose())).await
    }

    /// Exchanges a refresh token for new tokens, once. If it comes again, its session is over.
    pub async fn refresh(&self, refresh: &Secret, correlation_id: &CorrelationId) -> Result<SignedIn, Error> {
        self.refuse_when_stopping()?;
        let (tokens, record) = self.fresh_tokens()?;
        match self.accounts().rotate(&secret::hash(refresh.expose()), record, correlation_id).await? {
            Rotation::Fresh { session, person } => Ok(signed_in(person, session, tokens)),
            Rotation::Reused { .. } => {
                self.accounts_changed();
                Err(session_over())
            }
            Rotation::Over => Err(session_over()),
        }
    }

    /// Ends the session of the caller, or all of the caller's.
    pub async fn sign_out(&self, everywhere: bool, act: &Act) -> Result<(), Error> {
        let change = if everywhere { AccountChange::EndSessions } else { AccountChange::EndSession };
        self.accounts().change(AccountAct { change, reason: None, act: act.clone() }).await?;
        self.accounts_changed();
        Ok(())
    }

    /// The address that was invited with this token, while the invitation is open.
    pub async fn invited(&self, token: &Secret) -> Result<Option<String>, Error> {
        let invitation = self.accounts().invitation(&secret::hash(token.expose())).await?;
        Ok(invitation.map(|invitation| invitation.email))
    }

    /// Makes somebody a member who shows an invitation, and signs them in. Who has no account yet gets one.
    pub async fn accept_invitation(
        &self,
        token: &Secret,
        introduction: &Introduction,
        correlation_id: &CorrelationId,
    ) -> Result<SignedIn, Error> {
        self.refuse_when_stopping()?;
        let hash = secret::hash(token.expose());
        let missing = || Error::NotFound { what: "an open invitation with this token".to_owned() };
        let invitation = self.accounts().invitation(&hash).await?.ok_or_else(missing)?;
        let person = match self.accounts().person(&invitation.email).await? {
            Some(person) => {
                let fits = self.house.passwords.verify(&introduction.password, person.password.as_deref()).await?;
                if fits { person } else { return Err(sign_in_refused()) }
            }
            None => self.new_person(invitation.email, introduction).await?,
        };
        let membership = acts::identifier("mem", self.scheduler().clock.now());
        let most = self.scheduler().config.teams.members;
        let acceptance = Acceptance { hash, membership, person, most, correlation_id: correlation_id.clone() };
        let person = self.accounts().accept(acceptance).await?;
        self.accounts_changed();
        self.begin_session(person, "invitation", correlation_id).await
    }

    async fn new_person(&self, email: String, introduction: &Introduction) -> Result<PersonRecord, Error> {
        let mut judge = Judge::default();
        let name = judge.name("name", introduction.name.as_deref().unwrap_or_default());
        judge.note(password::judge(&introduction.password, &email));
        judge.verdict()?;
        let password = Some(self.house.passwords.hash(&introduction.password).await?);
        let id = PersonId::new(acts::identifier("per", self.scheduler().clock.now()));
        Ok(PersonRecord { id, email, name, password })
    }

    pub(super) async fn begin_session(
        &self,
        person: PersonRecord,
        by: &'static str,
        correlation_id: &CorrelationId,
    ) -> Result<SignedIn, Error> {
        let (tokens, record) = self.fresh_tokens()?;
        let session = acts::identifier("ses", self.scheduler().clock.now());
        let new = NewSession {
            id: session.clone(),
            person: person.id.clone(),
            tokens: record,
            by,
            correlation_id: correlation_id.clone(),
        };
        self.accounts().begin_session(new).await?;
        Ok(signed_in(person, session, tokens))
    }

    fn fresh_tokens(&self) -> Result<(Tokens, TokenRecord), Error> {
        let now = self.scheduler().clock.now();
        let (access, access_hash) = secret::fresh(secret::Kind::Access)?;
        let (refresh, refresh_hash) = secret::fresh(secret::Kind::Refresh)?;
        let (access_expires_at, refresh_expires_at) = (now.plus(session::ACCESS), now.plus(session::REFRESH));
        let refresh_id = acts::identifier("jti", now);
        let record = TokenRecord { access_hash, access_expires_at, refresh_hash, refresh_id, refresh_expires_at };
        Ok((Tokens { access, access_expires_at, refresh, refresh_expires_at }, record))
    }
}

fn signed_in(person: PersonRecord, session: String, tokens: Tokens) -> SignedIn {
    SignedIn { person: person.id, email: person.email, name: person.name, session, tokens }
}

/// One answer for a wrong address and a wrong password.
fn sign_in_refused() -> Error {
    Error::Unauthenticated {
        code: "sign_in_refused",
        message: "the e-mail address and the password do not fit".to_owned(),
        remedy: "Check both. Who signs in through a provider has no password here.",
    }
}

fn session_over() -> Error {
    Error::Unauthenticated {
        code: "session_over",
        message: "this session is over".to_owned(),
        remedy: "Sign in again.",
    }
}
