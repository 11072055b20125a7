//! Who gets into a plane, and how.

mod browser_headers;
mod certificate;
mod credential_end;
mod door;
mod entered;
mod foreign_host;
mod forged_headers;
mod hides_existence;
mod in_address;
mod least_privilege;
mod malformed_credential;
mod no_credential;
mod not_kept;
mod other_origins;
mod private_way;
mod socket;
mod stays_encrypted;
mod wrong_credential;

pub(crate) use browser_headers::BrowserHeaders;
pub(crate) use certificate::Certificate;
pub(crate) use credential_end::CredentialEnd;
pub(crate) use foreign_host::ForeignHost;
pub(crate) use forged_headers::ForgedHeaders;
pub(crate) use hides_existence::HidesExistence;
pub(crate) use in_address::InAddress;
pub(crate) use least_privilege::LeastPrivilege;
pub(crate) use malformed_credential::MalformedCredential;
pub(crate) use no_credential::NoCredential;
pub(crate) use not_kept::NotKept;
pub(crate) use other_origins::OtherOrigins;
pub(crate) use private_way::PrivateWay;
pub(crate) use socket::Socket;
pub(crate) use stays_encrypted::StaysEncrypted;
pub(crate) use wrong_credential::WrongCredential;
