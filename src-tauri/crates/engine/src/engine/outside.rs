//! People who sign in through an identity provider.
//!
//! Who comes is known by issuer and subject. Somebody new is let in only if somebody invited the address that the provider
//! has made sure of, or if a person with that address is here already; without a verified address nobody new comes in.

use super::{Engine, acts};
use crate::{
    Error,
    accounts::SignedIn,
    identity_provider::{Begun, Finish, IdentityProvider, OutsideIdentity},
    store::accounts::{Arrival, PersonRecord},
};
use domain::{CorrelationId, PersonId};

impl Engine {
    /// What the identity provider is called, if people may sign in through one.
    pub fn provider_label(&self) -> Option<&str> {
        self.scheduler().config.identity_provider.as_deref().map(IdentityProvider::label)
    }

    /// Begins a sign-in in the browser of the system, which comes back to this address of the console.
    pub async fn begin_outside_sign_in(&self, redirect_uri: &str) -> Result<Begun, Error> {
        self.refuse_when_stopping()?;
        Ok(self.provider()?.begin(redirect_uri).await?)
    }

    /// Finishes it, and begins a session.
    pub async fn finish_outside_sign_in(
        &self,
        finish: Finish,
        correlation_id: &CorrelationId,
    ) -> Result<SignedIn, Error> {
        self.refuse_when_stopping()?;
        let identity = self.provider()?.finish(finish).await?;
        let person = self.arrived(identity, correlation_id).await?;
        self.accounts_changed();
        self.begin_session(person, "provider", correlation_id).await
    }

    async fn arrived(&self, identity: OutsideIdentity, correlation_id: &CorrelationId) -> Result<PersonRecord, Error> {
        let now = self.scheduler().clock.now();
        let email = identity.email.filter(|_| identity.email_verified).map(|email| email.trim().to_lowercase());
        let arrival = Arrival {
            issuer: identity.issuer,
            subject: identity.subject,
            name: identity.name.or_else(|| email.clone()).unwrap_or_default(),
            email,
            new: PersonId::new(acts::identifier("per", now)),
            membership: acts::identifier("mem", now),
            most: self.scheduler().config.teams.members,
            correlation_id: correlation_id.clone(),
        };
        self.accounts().arrive(arrival).await?.ok_or_else(|| Error::Unauthenticated {
            code: "not_invited",
            message: "nobody has invited this address".to_owned(),
            remedy: "Ask somebody who looks after a team for an invitation to the address that the provider knows.",
        })
    }

    fn provider(&self) -> Result<&IdentityProvider, Error> {
        self.scheduler().config.identity_provider.as_deref().ok_or_else(|| Error::Conflict {
            code: "no_identity_provider",
            message: "this plane has no identity provider".to_owned(),
            remedy: "Sign in by password, or let the settings of the plane name a provider.".to_owned(),
        })
    }
}
