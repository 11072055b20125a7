//! Whether a token is signed with a key: the rules of JWS by `jsonwebtoken`, the arithmetic by `ring`, which TLS needs
//! anyway.
//!
//! Only algorithms with a private and a public half are believed: whoever can check a shared secret can also sign with it.

use super::{Check, IdentityError, claims::Claims};
use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, Header, Validation,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
    signature::{Error as WrongSignature, Verifier},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

/// What is believed.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// What a token says of how it is signed, if that can be believed at all.
pub(super) fn header(token: &str) -> Result<Header, IdentityError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Check::Algorithm.failed())?;
    // Something critical is something that has to be understood, and nothing of the kind is understood here.
    let is_believed = ALGORITHMS.contains(&header.alg) && header.crit.is_none();
    if is_believed { Ok(header) } else { Err(Check::Algorithm.failed()) }
}

/// Whether this key is meant for signatures with this algorithm.
pub(super) fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let meant = &key.common;
    is_of_kind
        && meant.key_algorithm.is_none_or(|meant| meant == algorithm.into())
        && meant.public_key_use.as_ref().is_none_or(|meant| *meant == PublicKeyUse::Signature)
        && meant.key_operations.as_ref().is_none_or(|meant| meant.contains(&KeyOperations::Verify))
}

/// What a token says, once it is sure that this key signed it. Whether that is true of here and now is another question.
pub(super) fn verified(token: &str, key: &Jwk, algorithm: Algorithm) -> Result<Claims, IdentityError> {
    // An error means that it is installed already, which is all that is wanted.
    let _installed = RING.install_default();
    let key = DecodingKey::from_jwk(key).map_err(|_| Check::Key.failed())?;
    let mut validation = Validation::new(algorithm);
    // These are judged against the clock that is given, not against the one of the system.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let decoded = jsonwebtoken::decode(token, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::InvalidClaimFormat(_) => Check::Claims.failed(),
        _ => Check::Signature.failed(),
    })?;
    Ok(decoded.claims)
}

/// It checks signatures and does nothing else.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(unsupported()),
    verifier_factory: |algorithm, key| Ok(Box::new(PublicKey { algorithm: *algorithm, key: key.clone() })),
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn unsupported() -> Error {
    ErrorKind::UnsupportedAlgorithm.into()
}

/// The public half of a key, and what it is used with.
struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Verifier<Vec<u8>> for PublicKey {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), WrongSignature> {
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        let checked = match (self.algorithm, self.key.kind()) {
            (Algorithm::RS256, RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Algorithm::PS256, RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            (Algorithm::ES256, SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Algorithm::EdDSA, SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => Err(ring::error::Unspecified),
        };
        checked.map_err(|_| WrongSignature::new())
    }
}

impl JwtVerifier for PublicKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
