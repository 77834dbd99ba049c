pub fn width(k: &str) -> usize {
    match k {
        "cell" => 4,
        "index" => 5,
        "column" => 6,
        "row" => 3,
        "table" => 5,
        "sheet" => 5,
        _ => 0,
    }
}
