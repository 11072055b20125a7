//! The console's disposable local picture in SQLite.
