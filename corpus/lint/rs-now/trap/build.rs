fn main() {
    let start = std::time::Instant::now();
    // SystemTime::now()
    let text = "SystemTime::now()";
    eprintln!("at {:?} {text}", std::time::SystemTime::now());
    println!("cargo:warning=took {:?} at {:?}", start.elapsed(), std::time::SystemTime::now());
}
