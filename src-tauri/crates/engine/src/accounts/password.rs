//! Passwords: argon2id, a few at a time.
//!
//! The parameters are those of the `argon2` crate's default (19 MiB, 2 passes, 1 lane), which are the first choice of the OWASP
//! password storage cheat sheet. Deliberately absent: rules on what a password is made of; only its length is judged, as NIST
//! SP 800-63B advises.

use super::rules;
use crate::Error;
use argon2::{
    Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _,
    password_hash::{SaltString, rand_core::OsRng},
};
use domain::{Fault, Secret};
use tokio::sync::Semaphore;

/// Fewest characters.
pub(crate) const SHORTEST: usize = 12;
/// Most characters.
pub(crate) const LONGEST: usize = 128;
/// Fewest characters of a name in an e-mail address that a password may not contain.
const SHORTEST_NAME: usize = 3;
/// Passwords that are worked on at once; each takes 19 MiB and a core for a while.
const AT_ONCE: usize = 2;

/// Works on passwords, a few at a time.
#[derive(Debug)]
pub(crate) struct Passwords {
    places: Semaphore,
}

/// Stands for the password of somebody who is not there, so that they take as long as anybody. It is the hash of nothing that
/// anybody could find.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbA$MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0dXY";

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE) }
    }
}

impl Passwords {
    /// What is kept of a password.
    pub(crate) async fn hash(&self, password: &Secret) -> Result<String, Error> {
        let password = password.clone();
        self.work(move || derive(password.expose())).await?.map_err(|detail| Error::Storage { detail })
    }

    /// Whether this is the password that was kept. Takes as long if none was.
    pub(crate) async fn verify(&self, password: &Secret, kept: Option<&str>) -> Result<bool, Error> {
        let (password, is_kept) = (password.clone(), kept.is_some());
        let kept = kept.unwrap_or(NOBODY).to_owned();
        let fits = self
            .work(move || {
                PasswordHash::new(&kept)
                    .is_ok_and(|kept| Argon2::default().verify_password(password.expose().as_bytes(), &kept).is_ok())
            })
            .await?;
        Ok(fits && is_kept)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::ShuttingDown)?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Storage { detail: error.to_string() })
    }
}

fn derive(password: &str) -> Result<String, String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// What is wrong with a new password.
pub(crate) fn judge(password: &Secret, email: &str) -> Option<Fault> {
    let length = password.expose().chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let message = format!("A password has {SHORTEST} to {LONGEST} characters.");
        return Some(rules::fault("password", "length", &message, "Take a few words that nobody else would join."));
    }
    let name = email.split('@').next().unwrap_or(email);
    // Shorter names are in many a word.
    if name.chars().count() >= SHORTEST_NAME && password.expose().to_lowercase().contains(name) {
        let message = "The password contains the name in the e-mail address.";
        return Some(rules::fault("password", "guessable", message, "Take something that others cannot know."));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{NOBODY, Passwords, judge};
    use domain::Secret;

    #[tokio::test]
    async fn only_the_very_password_fits_and_what_is_kept_says_which_way_it_was_made() {
        let passwords = Passwords::default();
        let right = Secret::new("four words joined by nobody".to_owned());
        let kept = passwords.hash(&right).await.expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "the way it was made is kept with it: {kept}");
        assert!(!kept.contains(right.expose()), "the password itself is not");
        assert_ne!(passwords.hash(&right).await.expect("a hash"), kept, "each has a salt of its own");
        assert!(passwords.verify(&right, Some(&kept)).await.expect("an answer"), "the very password fits");
        let near = Secret::new("four words joined by nobodY".to_owned());
        assert!(!passwords.verify(&near, Some(&kept)).await.expect("an answer"), "a similar one does not");
        assert!(!passwords.verify(&right, None).await.expect("an answer"), "nobody has no password that fits");
        assert!(argon2::PasswordHash::new(NOBODY).is_ok(), "what stands for nobody takes the whole time");
    }

    #[test]
    fn a_password_is_judged_by_its_length_and_by_what_others_know() {
        let rule = |text: &str| judge(&Secret::new(text.to_owned()), "ana@example.org").map(|fault| fault.rule);
        assert_eq!(rule("elevenchars").as_deref(), Some("length"), "eleven characters are too few");
        assert_eq!(rule(&"x".repeat(129)).as_deref(), Some("length"), "129 are too many");
        assert_eq!(rule("ANA-and-more-text").as_deref(), Some("guessable"), "the name in the address is no secret");
        assert_eq!(rule("twelve chars"), None, "twelve are enough");
        let of_jo = judge(&Secret::new("enjoy the long words".to_owned()), "jo@example.org");
        assert_eq!(of_jo, None, "two letters of a name are in many a word");
    }
}
