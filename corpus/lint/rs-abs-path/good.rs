// Not env!("CARGO_MANIFEST_DIR").
const DATA: &[u8] = include_bytes!("data.bin");
