fn main() {
    println!("built by {}", env!("USER"));
}
