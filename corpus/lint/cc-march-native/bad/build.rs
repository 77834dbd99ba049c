fn main() {
    cc::Build::new().file("x.c").flag("-march=native").compile("x");
}
