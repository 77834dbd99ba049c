//! Bytes that look random and are the same in every run: they depend on the seed, on which execution of
//! its program a process is, on its place among that one's children, and on how often it has asked. Not on its id.

/// The place of the `n`th execution of programs of a name.
pub(super) fn program(seed: u64, name: &str, n: u64) -> u64 {
    let digest = blake3::hash(&[&seed.to_le_bytes(), &n.to_le_bytes(), name.as_bytes()].concat());
    u64::from_le_bytes(digest.as_bytes()[..8].try_into().unwrap_or_default())
}

/// The place of the `n`th child of a process.
pub(super) fn place(parent: u64, n: u64) -> u64 {
    let digest = blake3::hash(&[parent.to_le_bytes(), n.to_le_bytes()].concat());
    u64::from_le_bytes(digest.as_bytes()[..8].try_into().unwrap_or_default())
}

/// The answer to a process's `n`th question.
pub(super) fn bytes(place: u64, n: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new()
        .update(&place.to_le_bytes())
        .update(&n.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    bytes
}
