//! Where a secret is kept. The file names the place, and it is read from there once, at the start.

use super::section::{Broken, Section};
use domain::Secret;
use server::read_private;
use toml::{Table, Value};

/// How a secret is named.
const HOW: &str = "Name where it is kept: { keychain = \"name\" }, { file = \"path\" } or { env = \"NAME\" }.";
/// Most bytes of a secret.
const LONGEST: usize = 8 * 1024;

impl Section<'_> {
    /// A secret that must be there.
    pub(super) async fn secret(&mut self, key: &'static str) -> Option<Secret> {
        let found = match self.take(key) {
            None => {
                self.missing(key);
                return None;
            }
            Some(Value::Table(place)) => self.find(&place).await,
            Some(Value::String(_)) => Err(Broken {
                rule: "literal_secret",
                message: "A secret does not stand in this file.",
                remedy: "Replace the secret, because it was written down, and name where the new one is kept: \
                         { keychain = \"name\" }, { file = \"path\" } or { env = \"NAME\" }.",
            }),
            Some(_) => Err(Broken { rule: "type", message: "This names no place for a secret.", remedy: HOW }),
        };
        found.and_then(|found| judged(&found)).map_err(|broken| self.broken(key, broken)).ok()
    }

    async fn find(&self, place: &Table) -> Result<Secret, Broken> {
        let mut entries = place.iter();
        let (Some((kind, Value::String(name))), None) = (entries.next(), entries.next()) else {
            return Err(Broken { rule: "secret_place", message: "A secret is kept in one place.", remedy: HOW });
        };
        match kind.as_str() {
            "keychain" => match self.outside.keychain.get(name).await {
                Ok(Some(secret)) => Ok(secret),
                Ok(None) => Err(Broken {
                    rule: "keychain",
                    message: "The keychain holds no secret of this name.",
                    remedy: "Put it there under the service breakwater-plane.",
                }),
                Err(_) => Err(Broken {
                    rule: "keychain",
                    message: "The keychain of this machine does not answer.",
                    remedy: "Unlock it, or name a file or a variable instead.",
                }),
            },
            "file" => read_private(&self.outside.path(name)).map_err(|error| Broken {
                rule: error.rule(),
                message: "The file of the secret is missing, no small text file, or open to other users.",
                remedy: error.remedy(),
            }),
            "env" => match (self.outside.variable)(name).map(std::ffi::OsString::into_string) {
                Some(Ok(value)) => Ok(Secret::new(value)),
                _ => Err(Broken {
                    rule: "env",
                    message: "The environment has no variable of this name with a text in it.",
                    remedy: "Set it for the process of the control plane.",
                }),
            },
            _ => Err(Broken { rule: "secret_place", message: "Secrets are not kept in such a place.", remedy: HOW }),
        }
    }
}

/// Editors end files with a line break, which belongs to no secret.
fn judged(found: &Secret) -> Result<Secret, Broken> {
    let text = found.expose().trim_end_matches(['\r', '\n']);
    let is_good = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_good.then(|| Secret::new(text)).ok_or(Broken {
        rule: "characters",
        message: "The secret is not 1 to 8192 visible ASCII characters.",
        remedy: "Keep the secret and nothing else in its place.",
    })
}
