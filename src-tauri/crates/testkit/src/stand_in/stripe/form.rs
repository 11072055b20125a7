//! Parameters as they come: form-encoded, with names such as `line_items[0][price]`.

use super::refusal;
use crate::Said;

/// The parameters of a request.
#[derive(Debug)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads them; none if they are not form-encoded.
    pub(super) fn read(encoded: &str) -> Option<Self> {
        let pairs = encoded.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name)?, decode(value)?))
        };
        pairs.map(pair).collect::<Option<Vec<_>>>().map(Self)
    }

    /// A parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Those below a name: `metadata` has `team` with `metadata[team]`.
    pub(super) fn below<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(known, value)| {
            let inside = known.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((inside, value.as_str()))
        })
    }

    /// Refuses what is unknown or given twice, and what is missing. A known name that ends with `[` stands for all below it.
    pub(super) fn check(&self, required: &[&str], optional: &[&str]) -> Result<(), Said> {
        let is_known = |name: &str| {
            let fits = |known: &&str| if known.ends_with('[') { name.starts_with(*known) } else { name == *known };
            required.iter().chain(optional).any(fits)
        };
        if let Some((name, _)) = self.0.iter().find(|(name, _)| !is_known(name)) {
            let message = format!("Received unknown parameter: {name}");
            return Err(refusal::of_param("parameter_unknown", name, &message));
        }
        let twice =
            self.0.iter().enumerate().find(|(at, (name, _))| self.0.iter().take(*at).any(|(one, _)| one == name));
        if let Some((_, (name, _))) = twice.filter(|(_, (name, _))| !name.ends_with("[]")) {
            return Err(refusal::of_param("parameter_invalid", name, "A parameter was given twice."));
        }
        match required.iter().find(|name| self.get(name).is_none_or(str::is_empty)) {
            Some(name) => {
                Err(refusal::of_param("parameter_missing", name, &format!("Missing required param: {name}.")))
            }
            None => Ok(()),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Said> {
        match self.get(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(refusal::without_code(&format!("Invalid boolean: {other}"))),
        }
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(plain).ok()
}
