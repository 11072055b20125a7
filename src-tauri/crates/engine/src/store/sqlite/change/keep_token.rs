//! Changes that concern no run: tokens, and the proof that writing works.

use super::super::{
    table::{plane, tokens},
    writer::{Change, Tx},
};
use crate::{Error, engine::TokenInfo};

/// Keeps a token by its hash.
pub(in super::super) struct AddToken {
    pub(in super::super) token: TokenInfo,
    pub(in super::super) hash: String,
}

/// Makes a token invalid.
pub(in super::super) struct RevokeToken(pub(in super::super) String);

/// Writes the time, to prove that writing works.
pub(in super::super) struct Probe;

#[async_trait::async_trait]
impl Change for AddToken {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        tokens::insert(tx.conn, &self.token, &self.hash).await
    }
}

#[async_trait::async_trait]
impl Change for RevokeToken {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let was_valid = tokens::revoke(tx.conn, &self.0, tx.now).await?;
        was_valid.then_some(()).ok_or_else(|| Error::NotFound { what: format!("token {}", self.0) })
    }
}

#[async_trait::async_trait]
impl Change for Probe {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        plane::probe(tx.conn, tx.now).await
    }
}
