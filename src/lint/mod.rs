//! Finds what in sources and build scripts makes builds differ: one file a language, one rule a thing to find.
