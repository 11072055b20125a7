//! The plane among people who mean it harm: what they send, what they pretend, what they try at the same time, and what of it
//! is in the audit afterwards.

mod bodies;
mod crowds;
mod disguises;
mod people;
mod places;
mod rights;
mod sign_in;
mod strangers;
mod texts;
mod tokens;
mod witness;
