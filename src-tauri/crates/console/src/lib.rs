//! The application service behind every face.
