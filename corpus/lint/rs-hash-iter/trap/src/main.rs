use std::collections::HashMap;

fn main() {
    let m: HashMap<u8, u8> = HashMap::new();
    for (k, v) in &m {
        println!("{k}{v}");
    }
}
