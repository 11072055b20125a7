//! The four addresses of a provider.

/// An address of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// What it tells of itself.
    Discovery,
    /// Its keys.
    Keys,
    /// Where the browser goes.
    Authorisation,
    /// Where codes are exchanged.
    Token,
}

impl Endpoint {
    const ALL: [Self; 4] = [Self::Discovery, Self::Keys, Self::Authorisation, Self::Token];

    /// Its path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Discovery => "/.well-known/openid-configuration",
            Self::Keys => "/keys",
            Self::Authorisation => "/authorise",
            Self::Token => "/token",
        }
    }

    pub(super) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.path() == path)
    }
}
