//! Keys that sign, and what is published of them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};

/// Made for these tests; nothing else has ever been signed with them. `ring` makes no RSA keys itself.
const RSA: [&[u8]; 2] = [include_bytes!("rsa-a.pk8"), include_bytes!("rsa-b.pk8")];

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS #1 padding.
    Rs256,
    /// RSA with PSS padding.
    Ps256,
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) algorithm: Algorithm,
    pair: Pair,
}

impl Key {
    /// A key that differs from the one before it.
    fn new(algorithm: Algorithm, number: usize) -> Self {
        let random = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => {
                Pair::Rsa(RsaKeyPair::from_pkcs8(RSA[number % RSA.len()]).expect("a whole RSA key"))
            }
            Algorithm::Es256 => {
                let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let made = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("the system gives randomness");
                Pair::P256(EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).expect("a whole P-256 key"))
            }
            Algorithm::EdDsa => {
                let made = Ed25519KeyPair::generate_pkcs8(&random).expect("the system gives randomness");
                Pair::Ed25519(Ed25519KeyPair::from_pkcs8(made.as_ref()).expect("a whole Ed25519 key"))
            }
        };
        Self { algorithm, pair }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                match self.algorithm {
                    Algorithm::Ps256 => pair.sign(&RSA_PSS_SHA256, &random, message, &mut signature),
                    _ => pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature),
                }
                .expect("RSA signs");
                signature
            }
            Pair::P256(pair) => pair.sign(&random, message).expect("P-256 signs").as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The public half, as bytes that somebody might take for a shared secret.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => PublicKeyComponents::<Vec<u8>>::from(pair.public()).n,
            Pair::P256(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    fn published(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Rsa(pair) => {
                let parts = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": text(&parts.n), "e": text(&parts.e) })
            }
            Pair::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            Pair::Ed25519(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) }),
        }
    }
}

/// The keys of a provider; it signs with the newest.
#[derive(Debug)]
pub(super) struct Keys {
    all: Vec<Key>,
    pub(super) are_named: bool,
}

impl Keys {
    pub(super) fn of(algorithm: Algorithm) -> Self {
        Self { all: vec![Key::new(algorithm, 0)], are_named: true }
    }

    pub(super) fn add(&mut self, algorithm: Algorithm) {
        self.all.push(Key::new(algorithm, self.all.len()));
    }

    /// The newest, and its name if keys have names.
    pub(super) fn newest(&self) -> (&Key, Option<String>) {
        let newest = self.all.last().expect("there is always a key");
        (newest, self.are_named.then(|| name(self.all.len() - 1)))
    }

    /// One like the newest that is not published.
    pub(super) fn stranger(&self) -> Key {
        Key::new(self.newest().0.algorithm, self.all.len())
    }

    /// What is published, with a key of a kind that nobody knows yet.
    pub(super) fn published(&self) -> Value {
        let mut keys: Vec<_> = self.all.iter().map(Key::published).collect();
        for (number, (published, key)) in keys.iter_mut().zip(&self.all).enumerate() {
            published["use"] = "sig".into();
            published["alg"] = key.algorithm.name().into();
            if self.are_named {
                published["kid"] = name(number).into();
            }
        }
        keys.push(json!({ "kty": "NEW", "kid": "of-tomorrow", "use": "sig", "alg": "XS256", "q": "AQAB" }));
        json!({ "keys": keys })
    }
}

fn name(number: usize) -> String {
    format!("key-{number}")
}
