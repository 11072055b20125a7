//! Every command, declared once.
