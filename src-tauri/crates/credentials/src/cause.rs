//! Why the keychain cannot be used, told by the type of its error and never by its text.
//!
//! The platform's own text is left out on purpose: it names buses, paths and sometimes attributes of other secrets. What
//! else a person may do with a secret than keep it there is for the caller to say.

use crate::error::Error;

const RESTART: &str = "then start Breakwater again";

/// What it means that the platform's store could not be set up.
pub(crate) fn of_missing_store(error: &keyring::Error) -> Error {
    match error {
        keyring::Error::Invalid(..) | keyring::Error::NotSupportedByStore(_) => unavailable(
            "This platform has no keychain that Breakwater can use.",
            "Nothing can be done about that here.".to_owned(),
        ),
        keyring::Error::PlatformFailure(source) | keyring::Error::NoStorageAccess(source) => {
            platform::missing(source.as_ref()).unwrap_or_else(of_silence)
        }
        _ => of_silence(),
    }
}

/// What the answer of an existing store means.
pub(crate) fn of(error: keyring::Error, name: &str) -> Error {
    match error {
        keyring::Error::NoDefaultStore => of_silence(),
        keyring::Error::NoStorageAccess(source) => platform::refused(source.as_ref()),
        keyring::Error::PlatformFailure(source) => platform::missing(source.as_ref()).unwrap_or(Error::Failed),
        keyring::Error::TooLong(what, limit) => Error::TooLong { what, limit },
        keyring::Error::Invalid(..) | keyring::Error::NotSupportedByStore(_) => {
            Error::NameRefused { name: name.to_owned() }
        }
        keyring::Error::BadEncoding(mut bytes) | keyring::Error::BadDataFormat(mut bytes, _) => {
            zeroize::Zeroize::zeroize(&mut bytes);
            Error::Unreadable { name: name.to_owned() }
        }
        keyring::Error::BadStoreFormat(_) | keyring::Error::Ambiguous(_) => Error::Unreadable { name: name.to_owned() },
        _ => Error::Failed,
    }
}

fn unavailable(reason: &str, remedy: String) -> Error {
    Error::Unavailable { reason: reason.to_owned(), remedy }
}

/// What it means that the keychain does not answer.
pub(crate) fn of_silence() -> Error {
    unavailable("The keychain of this system does not answer.", format!("Start your system's keychain, {RESTART}."))
}

fn locked() -> Error {
    Error::Denied {
        reason: "The keychain is locked, or was never created.".to_owned(),
        remedy: "Unlock it with your system's password manager and try again.".to_owned(),
    }
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
mod platform {
    //! The Secret Service, reached over the session bus.

    use super::{Error, RESTART, locked, unavailable};
    use secret_service::Error as ServiceError;

    type Source = dyn std::error::Error + Send + Sync + 'static;

    /// Why there is no Secret Service, if that is what the error says.
    pub(super) fn missing(source: &Source) -> Option<Error> {
        match source.downcast_ref::<ServiceError>()? {
            ServiceError::Unavailable => Some(no_bus()),
            ServiceError::Zbus(error) => match error {
                zbus::Error::Connection(..) | zbus::Error::Address(_) | zbus::Error::InputOutput(_) => Some(no_bus()),
                zbus::Error::MethodError(name, ..) => says_no_service(name.as_str()).then(no_service),
                zbus::Error::FDO(error) => is_no_service(error).then(no_service),
                _ => None,
            },
            ServiceError::ZbusFdo(error) => is_no_service(error).then(no_service),
            _ => None,
        }
    }

    /// Why the Secret Service does not let us in.
    pub(super) fn refused(source: &Source) -> Error {
        match source.downcast_ref::<ServiceError>() {
            Some(ServiceError::Prompt | ServiceError::PromptDisconnected) => Error::Denied {
                reason: "The keychain asked for its password and was given none.".to_owned(),
                remedy: "Try again and answer the prompt.".to_owned(),
            },
            _ => locked(),
        }
    }

    fn is_no_service(error: &zbus::fdo::Error) -> bool {
        use zbus::fdo::Error as Fdo;
        matches!(
            error,
            Fdo::ServiceUnknown(_) | Fdo::NameHasNoOwner(_) | Fdo::SpawnServiceNotFound(_) | Fdo::SpawnExecFailed(_)
        )
    }

    /// Error names are identifiers of the D-Bus specification, as stable as a status code.
    fn says_no_service(error_name: &str) -> bool {
        matches!(
            error_name,
            "org.freedesktop.DBus.Error.ServiceUnknown"
                | "org.freedesktop.DBus.Error.NameHasNoOwner"
                | "org.freedesktop.DBus.Error.Spawn.ServiceNotFound"
                | "org.freedesktop.DBus.Error.Spawn.ExecFailed"
                | "org.freedesktop.DBus.Error.Spawn.ChildExited"
        )
    }

    fn no_bus() -> Error {
        unavailable(
            "There is no session bus, so no keychain can be reached.",
            format!("Start Breakwater from a desktop session or with dbus-run-session, {RESTART}."),
        )
    }

    fn no_service() -> Error {
        unavailable(
            "No keychain service runs in this session.",
            format!("Install and start gnome-keyring, KWallet or another Secret Service, {RESTART}."),
        )
    }

    #[cfg(test)]
    mod tests {
        use super::{Error, ServiceError, missing, no_bus, no_service, refused};

        #[test]
        fn each_kind_of_absence_has_its_own_reason() {
            assert_eq!(missing(&ServiceError::Unavailable), Some(no_bus()), "no bus is told as no bus");
            let unknown = zbus::fdo::Error::ServiceUnknown("whatever the bus says".into());
            assert_eq!(
                missing(&ServiceError::ZbusFdo(unknown)),
                Some(no_service()),
                "a bus without a service is told so"
            );
            assert_eq!(missing(&ServiceError::NoResult), None, "a locked keychain is not a missing one");
        }

        #[test]
        fn a_locked_keychain_and_a_dismissed_prompt_are_told_apart() {
            let (locked, dismissed) = (refused(&ServiceError::NoResult), refused(&ServiceError::Prompt));
            assert!(matches!(locked, Error::Denied { .. }), "a locked keychain denies");
            assert_ne!(locked, dismissed, "a person who said no is told something else than one who was never asked");
        }
    }
}

#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
mod platform {
    //! Platforms whose keychain is always there: only its refusals need words.

    use super::{Error, locked};

    type Source = dyn std::error::Error + Send + Sync + 'static;

    /// These platforms have no way to be without a keychain.
    pub(super) fn missing(_source: &Source) -> Option<Error> {
        None
    }

    /// The keychain is locked or a person said no; the platforms do not tell the two apart.
    pub(super) fn refused(_source: &Source) -> Error {
        locked()
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, of};

    #[test]
    fn no_error_carries_what_the_keychain_held() {
        let told = of(keyring::Error::BadEncoding(b"hunter2\xff".to_vec()), "connection/local");
        assert_eq!(told, Error::Unreadable { name: "connection/local".into() }, "the bytes are dropped");
        assert!(!format!("{told:?} {told}").contains("hunter2"), "neither form shows them");
    }
}
