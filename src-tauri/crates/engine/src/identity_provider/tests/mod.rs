//! Sign-in against a real provider on loopback: the good way, and every way that must not lead in.

mod attempt;
mod exchange;
mod fixture;
mod forged_token;
mod good;
mod keys;
mod secrecy;
mod settings;
