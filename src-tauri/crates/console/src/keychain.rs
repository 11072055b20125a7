//! What to do where the keychain does not help, in the words of whoever asks: a face that stays can keep a token in
//! memory, a verb of the terminal can only be given one.

use crate::parts::SyncMode;

/// For failures that come without a remedy of their own.
const CHECK: &str = "Check your system's keychain and try again.";

/// The remedy of the keychain itself, and the way round it.
pub(crate) fn remedy(mode: SyncMode, own: Option<&str>) -> String {
    let way_round = if mode.is_live() {
        "Or keep the token for this session only."
    } else {
        "Or give the token to one command: set BREAKWATER_TOKEN and name the connection with --connection."
    };
    format!("{} {way_round}", own.unwrap_or(CHECK))
}
