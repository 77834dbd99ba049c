//! What gates and builds came to over time, in one SQLite file.
