//! Inputs that are judged before they are sent: NOFX answers an outage to some of them, and to others nothing of use.

use crate::error::{fault, invalid};
use control_plane::Error;
use domain::{BillingAct, NewApiKey, Role};

/// Characters that a team name has at least and at most, counted as NOFX does.
const NAME: std::ops::RangeInclusive<usize> = 2..=100;
/// Most dead letters that are put back at once.
const MOST_LETTERS: u32 = 500;

fn no<T>(path: &str, rule: &str, message: &str, remedy: &str) -> Result<T, Error> {
    Err(invalid(vec![fault(path, rule, message, remedy)]))
}

/// The name of a team as it is sent.
pub(crate) fn team_name(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    let remedy = "Write 2 to 100 characters.";
    match name.encode_utf16().count() {
        length if length < *NAME.start() => {
            no("name", "too_small", "the name of a team has at least 2 characters", remedy)
        }
        length if length > *NAME.end() => {
            no("name", "too_big", "the name of a team has at most 100 characters", remedy)
        }
        _ if !name.contains(char::is_alphanumeric) => {
            let remedy = "Add one: NOFX makes the address of the team out of them.";
            no("name", "no_letter", "the name of a team holds a letter or a digit", remedy)
        }
        _ => Ok(name),
    }
}

/// A role that somebody can be given.
pub(crate) fn role(role: Role) -> Result<Role, Error> {
    if role != Role::Owner {
        return Ok(role);
    }
    no("role", "not_owner", "nobody becomes the owner in this way", "Choose another role, or give the team away.")
}

/// The name of a key as it is sent.
pub(crate) fn key(new: &NewApiKey) -> Result<&str, Error> {
    let name = new.name.trim();
    if name.is_empty() {
        return no("name", "required", "a key has a name", "Say in a few words what it is for.");
    }
    Ok(name)
}

/// How many dead letters are put back.
pub(crate) fn letters(at_most: u32) -> Result<u32, Error> {
    if (1..=MOST_LETTERS).contains(&at_most) {
        return Ok(at_most);
    }
    no("at_most", "range", "1 to 500 dead letters are put back at once", "Give a number from 1 to 500.")
}

/// An act on a subscription.
pub(crate) fn billing(act: &BillingAct) -> Result<(), Error> {
    match act {
        BillingAct::Checkout { price } if price.trim().is_empty() => {
            no("price", "required", "nothing is named that could be paid for", "Name the price of a plan.")
        }
        _ => Ok(()),
    }
}
