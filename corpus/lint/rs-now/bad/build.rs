// places: 3
fn main() {
    println!("cargo:rustc-env=TS={:?}", std::time::SystemTime::now());
    let date = chrono::Utc::now().format("%F").to_string();
    println!("cargo:rustc-env=DATE={date}");
    let other = time::OffsetDateTime::now_utc();
    println!("cargo:rustc-env=OTHER={other}");
}
