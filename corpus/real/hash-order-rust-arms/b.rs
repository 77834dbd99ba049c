pub fn width(k: &str) -> usize {
    match k {
        "column" => 6,
        "sheet" => 5,
        "cell" => 4,
        "table" => 5,
        "index" => 5,
        "row" => 3,
        _ => 0,
    }
}
