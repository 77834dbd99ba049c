fn main() {
    // Not SystemTime::now().
    println!("cargo:rustc-env=TS={}", std::env::var("SOURCE_DATE_EPOCH").unwrap_or_default());
}
