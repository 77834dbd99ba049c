use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    println!("{}", 1970 + days * 400 / 146_097);
}
