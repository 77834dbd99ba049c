// places: 4
const DATA: &str = env!("CARGO_MANIFEST_DIR");
static OUT: &str = concat!(env!("OUT_DIR"), "/x");
const HERE: &str = file!();

fn data() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}
