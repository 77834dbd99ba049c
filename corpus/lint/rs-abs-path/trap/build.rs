fn main() {
    println!("cargo:rerun-if-changed={}/x", env!("CARGO_MANIFEST_DIR"));
}
