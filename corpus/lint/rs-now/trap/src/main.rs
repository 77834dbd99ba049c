fn main() {
    let t = std::time::SystemTime::now();
    println!("{t:?}");
}
