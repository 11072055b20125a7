//! The user that this process runs as, by the name that people know them by.

use std::env;

/// The name: from the session, else from the list of users, else what is always known.
pub(crate) fn name() -> String {
    let told = |variable: &&str| env::var(variable).ok().filter(|name| !name.is_empty());
    ["USER", "LOGNAME", "USERNAME"].iter().find_map(told).or_else(listed).unwrap_or_else(unnamed)
}

#[cfg(unix)]
fn listed() -> Option<String> {
    let own = rustix::process::geteuid().as_raw();
    name_of(&std::fs::read_to_string("/etc/passwd").ok()?, own)
}

#[cfg(unix)]
fn name_of(users: &str, id: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, listed) = (fields.next()?, fields.nth(1)?);
        (listed.parse() == Ok(id) && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(unix)]
fn unnamed() -> String {
    format!("local:{}", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn listed() -> Option<String> {
    None
}

#[cfg(not(unix))]
fn unnamed() -> String {
    "operator".to_owned()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_user_is_found_by_its_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\nbroken\n";
        assert_eq!(name_of(users, 1000).as_deref(), Some("ana"), "the third field is the number");
        assert_eq!(name_of(users, 7), None, "who is not listed has no name");
    }
}
