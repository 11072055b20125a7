//! One call, before it is sent.

use crate::transport::incompatible;
use control_plane::Error;
use domain::Secret;
use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;

/// One call, before it is sent. Its `Debug` does not show the body, which may hold a secret.
pub struct Call {
    method: Method,
    path: Path,
    query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Where the call goes, below the address of the plane.
#[derive(Debug)]
enum Path {
    /// Encoded as it is.
    Whole(String),
    /// Piece by piece, still to be encoded.
    Pieces(Vec<String>),
}

impl Call {
    /// A call to a path that is encoded already and begins with a slash.
    pub fn whole(method: Method, path: impl Into<String>) -> Self {
        Self::new(method, Path::Whole(path.into()))
    }

    /// Reads what is at these pieces of a path.
    pub fn get(pieces: &[&str]) -> Self {
        Self::at(Method::GET, pieces)
    }

    /// Does what is at these pieces of a path.
    pub fn post(pieces: &[&str]) -> Self {
        Self::at(Method::POST, pieces)
    }

    /// Changes what is at these pieces of a path.
    pub fn patch(pieces: &[&str]) -> Self {
        Self::at(Method::PATCH, pieces)
    }

    /// Replaces what is at these pieces of a path.
    pub fn put(pieces: &[&str]) -> Self {
        Self::at(Method::PUT, pieces)
    }

    /// Removes what is at these pieces of a path.
    pub fn delete(pieces: &[&str]) -> Self {
        Self::at(Method::DELETE, pieces)
    }

    fn at(method: Method, pieces: &[&str]) -> Self {
        Self::new(method, Path::Pieces(pieces.iter().map(|&piece| piece.to_owned()).collect()))
    }

    fn new(method: Method, path: Path) -> Self {
        Self { method, path, query: Vec::new(), headers: HeaderMap::new(), body: None }
    }

    /// With a parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With a JSON body.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it cannot be written as JSON.
    pub fn json<T: Serialize>(mut self, body: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body)
            .map_err(|error| Error::Invalid { message: format!("this is not JSON: {error}"), faults: Vec::new() })?;
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(bytes);
        Ok(self)
    }

    /// With a body that is plain text.
    #[must_use]
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
        self.body = Some(body.into().into_bytes());
        self
    }

    /// With a header.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it holds characters that no header can carry; `what` names it for a person.
    pub fn header(mut self, name: HeaderName, value: &str, what: &str) -> Result<Self, Error> {
        let value = HeaderValue::from_str(value).map_err(|_| Error::Invalid {
            message: format!("{what} holds characters that cannot be sent"),
            faults: Vec::new(),
        })?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// With a bearer token, in place of the one that the wire sends with every call. It is not shown in any debug output.
    ///
    /// # Errors
    /// [`Error::Incompatible`] if it holds characters that no header can carry.
    pub fn bearer(mut self, token: &Secret) -> Result<Self, Error> {
        let value = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
        let mut value = value.map_err(|_| incompatible("the plane gave a token that cannot be sent"))?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    pub(crate) const fn method(&self) -> &Method {
        &self.method
    }

    /// The address that it is sent to; none if a piece of its path could lead elsewhere.
    pub(crate) fn url(&self, base: &Url) -> Option<Url> {
        let mut url = base.clone();
        let below = base.path().trim_end_matches('/').to_owned();
        match &self.path {
            Path::Whole(path) => url.set_path(&format!("{below}{path}")),
            Path::Pieces(pieces) => {
                // An empty piece or dots would be dropped, and the call would be about something else.
                if pieces.iter().any(|piece| matches!(piece.as_str(), "" | "." | "..")) {
                    return None;
                }
                url.path_segments_mut().ok()?.pop_if_empty().extend(pieces);
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Some(url)
    }

    /// What the call is about, for a person.
    pub(crate) fn subject(&self) -> String {
        match &self.path {
            Path::Whole(path) => path.clone(),
            Path::Pieces(pieces) => pieces.join("/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Call;
    use reqwest::Url;

    fn sent(base: &str, pieces: &[&str]) -> Option<String> {
        Call::get(pieces).url(&Url::parse(base).unwrap()).map(String::from)
    }

    #[test]
    fn a_piece_of_a_path_stays_one_piece() {
        let cases = [("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("ü", "%C3%BC"), ("%2e%2e", "%252e%252e")];
        for (given, encoded) in cases {
            let url = format!("http://plane.test/base/runs/{encoded}");
            assert_eq!(sent("http://plane.test/base/", &["runs", given]), Some(url), "{given:?} is encoded");
        }
        for given in ["", ".", ".."] {
            assert_eq!(sent("http://plane.test", &["runs", given]), None, "{given:?} would lead elsewhere");
        }
    }
}
