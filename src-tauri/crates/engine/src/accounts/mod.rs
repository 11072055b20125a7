//! Who works with the plane: people and their sessions, keys of programs, teams, and what each may do where.
//!
//! [`Caller`] is who a credential says is calling, [`Scope`] the teams in which a caller may do something. Passwords are
//! argon2id; every other credential is random and kept as a hash. Deliberately absent: anything of HTTP, and limits on how
//! often somebody may try, which belong to the door.

mod access;
mod audit;
mod caller;
pub(crate) mod password;
mod refused;
pub(crate) mod rules;
pub(crate) mod secret;
pub(crate) mod session;

pub use access::{Scope, Standing};

/// What tells one secret from another without being one.
pub fn fingerprint(secret: &domain::Secret) -> String {
    secret::hash(secret.expose())
}
pub(crate) use audit::{Deed, Piece, seal, verify};
pub use caller::Caller;

/// The team that was there before there were teams, and takes what names none.
pub const HOME: &str = "team_home";
pub use refused::RefusedAct;
pub use session::{SignedIn, Tokens};
