//! Writes the time, to prove that writing works.

use super::super::{
    table::plane,
    writer::{Change, Tx},
};
use crate::Error;

/// Writes the time, to prove that writing works.
pub(in super::super) struct Probe;

#[async_trait::async_trait]
impl Change for Probe {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        plane::probe(tx.conn, tx.now).await
    }
}
