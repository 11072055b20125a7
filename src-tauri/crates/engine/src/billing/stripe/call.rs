//! One call to Stripe, before it is sent: form-encoded names with brackets, as its API wants them.

use reliability::idempotency::IdempotencyKey;
use reqwest::{Method, Url};

/// One call to Stripe. Whatever changes something carries an idempotency key, so it can be made again.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// Pieces of the path below `/v1`, each of them a word of ours or an id that was judged.
    pieces: Vec<&'a str>,
    fields: Vec<(&'static str, String)>,
    pub(super) key: Option<&'a IdempotencyKey>,
}

impl<'a> Call<'a> {
    /// Reads.
    pub(super) const fn get(pieces: Vec<&'a str>) -> Self {
        Self { method: Method::GET, pieces, fields: Vec::new(), key: None }
    }

    /// Makes or changes something.
    pub(super) const fn post(pieces: Vec<&'a str>, key: &'a IdempotencyKey) -> Self {
        Self { method: Method::POST, pieces, fields: Vec::new(), key: Some(key) }
    }

    /// Ends something. Stripe gives keys no meaning here, since nothing can end twice.
    pub(super) const fn delete(pieces: Vec<&'a str>) -> Self {
        Self { method: Method::DELETE, pieces, fields: Vec::new(), key: None }
    }

    /// With a field, e.g. `line_items[0][price]`.
    pub(super) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Where it goes, and the form in its body, which only a POST has. None if the address can have no path.
    pub(super) fn address(&self, base: &Url) -> Option<(Url, Option<String>)> {
        let mut url = base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().push("v1").extend(&self.pieces);
        if self.fields.is_empty() && self.method != Method::POST {
            return Some((url, None));
        }
        url.query_pairs_mut().extend_pairs(&self.fields);
        if self.method != Method::POST {
            return Some((url, None));
        }
        let form = url.query().unwrap_or_default().to_owned();
        url.set_query(None);
        Some((url, Some(form)))
    }
}

#[cfg(test)]
mod tests {
    use super::Call;
    use reliability::idempotency::IdempotencyKey;
    use reqwest::Url;

    #[test]
    fn fields_go_into_the_form_or_into_the_query() {
        let base = Url::parse("https://api.stripe.com").unwrap();
        let key = IdempotencyKey::accept("key-0001").unwrap();
        let post = Call::post(vec!["checkout", "sessions"], &key).field("line_items[0][price]", "a b&c=d+é");
        let (url, form) = post.address(&base).expect("it has an address");
        assert_eq!(url.as_str(), "https://api.stripe.com/v1/checkout/sessions", "the form is not in the address");
        let wanted = "line_items%5B0%5D%5Bprice%5D=a+b%26c%3Dd%2B%C3%A9";
        assert_eq!(form.as_deref(), Some(wanted), "a value cannot become another field");
        let (url, form) = Call::get(vec!["prices"]).field("expand[]", "data.product").address(&base).unwrap();
        assert_eq!(url.as_str(), "https://api.stripe.com/v1/prices?expand%5B%5D=data.product", "reading has a query");
        assert_eq!(form, None, "and no form");
        let (_, form) = Call::post(vec!["x"], &key).address(&base).unwrap();
        assert_eq!(form.as_deref(), Some(""), "a form may be empty");
    }
}
