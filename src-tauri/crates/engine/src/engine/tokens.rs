//! Tokens: making, checking and revoking them.

use super::{Engine, TokenInfo, acts};
use crate::{Error, tokens, tools};
use domain::Secret;
use tokio_util::sync::CancellationToken;

impl Engine {
    /// Makes a token. The secret is shown this once; only its SHA-256 is kept.
    pub async fn create_token(&self, name: &str) -> Result<(Secret, TokenInfo), Error> {
        let name = name.trim();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(tools::is_deceptive) {
            let message = "The name of a token is 1 to 60 characters without control characters.";
            return Err(acts::invalid("name", "length", message, "Name whoever will use it, e.g. `ci`."));
        }
        let secret = tokens::fresh().map_err(|detail| Error::Storage { detail })?;
        let hash = tokens::hash(secret.expose());
        let now = self.scheduler().clock.now();
        let info = TokenInfo { id: acts::identifier("tok", now), name: name.to_owned(), created_at: now };
        self.store().add_token(&info, &hash).await?;
        self.house.tokens.add(info.clone(), hash);
        Ok((secret, info))
    }

    /// Whose token this is, if it is a valid one.
    pub fn verify_token(&self, token: &str) -> Option<TokenInfo> {
        self.house.tokens.verify(token)
    }

    /// Cancelled when the token is revoked; `None` if it is none by now.
    pub fn until_revoked(&self, id: &str) -> Option<CancellationToken> {
        self.house.tokens.until_revoked(id)
    }

    /// Every valid token, oldest first.
    pub fn tokens(&self) -> Vec<TokenInfo> {
        self.house.tokens.list()
    }

    /// Makes a token invalid at once and for ever.
    pub async fn revoke_token(&self, id: &str) -> Result<(), Error> {
        self.store().revoke_token(id).await?;
        self.house.tokens.remove(id);
        Ok(())
    }
}
