use std::collections::HashMap;

fn main() {
    let squares: HashMap<u32, u32> = (0..40).map(|n| (n, n * n)).collect();
    for (number, square) in &squares {
        println!("{number} {square}");
    }
}
